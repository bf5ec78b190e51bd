#!/usr/bin/env node
import { Command } from 'commander';
import { auditCommand } from './audit.ts';
import { deliveryCommand } from './deliveries.ts';
import { doctorCommand } from './doctor/index.ts';
import { eraseCommand } from './erase.ts';
import { explainCommand } from './explain.ts';
import { sentenceOf } from './fault.ts';
import { keyCommand } from './keys.ts';
import { policyCommand } from './policy/index.ts';
import { previewCommand } from './preview/index.ts';
import { rebuildCommand, restoredCommand } from './rebuild.ts';
import { webhookCommand } from './webhooks.ts';

/** The `stipend` command: every command is a file of its own, made here by one line. */
new Command('stipend')
  .description('Operates a Stipend: its limits, and what became of a user.')
  .addCommand(policyCommand())
  .addCommand(explainCommand())
  .addCommand(eraseCommand())
  .addCommand(keyCommand())
  .addCommand(webhookCommand())
  .addCommand(deliveryCommand())
  .addCommand(auditCommand())
  .addCommand(previewCommand())
  .addCommand(doctorCommand())
  .addCommand(rebuildCommand())
  .addCommand(restoredCommand())
  .showHelpAfterError('(--help shows how it is used)')
  .parseAsync()
  .catch((error: unknown) => {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  });
