import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { showCommand } from './show.ts';

export const policyCommand = (): Command =>
  new Command('policy')
    .description('Check, activate, show and compare the limits of an app.')
    .addCommand(checkCommand())
    .addCommand(showCommand());
