import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lifecycleEvents, lifecycles, nextLifecycle } from '../domain/account/lifecycle.ts';
import { nextStanding, standingEvents, standings } from '../domain/account/standing.ts';
import { stateDiagram, withDrawings } from './state-diagram.ts';

/** `node --import tsx local/draw-states.ts`: draws the domain's state machines into their page. */
const page = fileURLToPath(new URL('../docs/account-workflow.md', import.meta.url));

export const drawings = {
  standing: stateDiagram({ states: standings, events: standingEvents, next: nextStanding }),
  lifecycle: stateDiagram({ states: lifecycles, events: lifecycleEvents, next: nextLifecycle }),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, withDrawings(readFileSync(page, 'utf8'), drawings));
}
