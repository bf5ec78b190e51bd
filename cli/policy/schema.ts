import { Command } from 'commander';
import { policySchema } from '../../domain/policy/knob-at.ts';

export const schemaCommand = (): Command =>
  new Command('schema')
    .description('Prints the JSON Schema of policy files, for editors.')
    .addHelpText('after', '\nExample:\n  stipend policy schema > policy.schema.json')
    .action(() => console.log(JSON.stringify(policySchema(), null, 2)));
