import { Command } from 'commander';
import { policyOfFile } from './read-file.ts';

export const checkCommand = (): Command =>
  new Command('check')
    .description('Checks a policy file; errors name path, value and fix.')
    .argument('<file>', 'the policy file')
    .addHelpText('after', '\nExample:\n  stipend policy check examples/policy.yaml')
    .action((file: string) => {
      policyOfFile(file);
      console.log(`${file} is a valid policy.`);
    });
