import { Command } from 'commander';
import { activateCommand } from './activate.ts';
import { checkCommand } from './check.ts';
import { diffCommand } from './diff.ts';
import { schemaCommand } from './schema.ts';
import { showCommand } from './show.ts';

export const policyCommand = (): Command =>
  new Command('policy')
    .description('Check, compare, activate and show the limits of an app.')
    .addCommand(checkCommand())
    .addCommand(activateCommand())
    .addCommand(diffCommand())
    .addCommand(showCommand())
    .addCommand(schemaCommand());
