import { bringUpToDate } from '../../domain/account/bring-up-to-date.ts';
import type { DecisionContext } from '../../domain/account/context.ts';
import { type AccountState, nothingAdded } from '../../domain/account/state.ts';
import { type Answer, type Asked, decide } from './asked.ts';
import type { Operation } from './operation.ts';
import { policyVersions } from './policies.ts';
import { questionOf } from './question.ts';
import type { World } from './world.ts';

/** What validators see: the account as loaded, brought up to date, and decided; `world` stands after the commit. */
export type Step = {
  readonly asked: Asked;
  readonly before: AccountState;
  readonly current: AccountState;
  readonly after: AccountState;
  readonly context: DecisionContext;
  readonly answer: Answer;
  readonly world: World;
  /** True for the share of steps on which dear questions are asked too. */
  readonly thorough: boolean;
};

export type Validator = {
  /** The promise, in words. */
  readonly name: string;
  /** What breaks it, null where it is kept. */
  readonly complaint: (step: Step) => string | null;
};

/** Plays operations on one account and asks every validator after each decision. */
export class Life {
  readonly world: World;
  readonly #validators: readonly Validator[];
  #crashesNext = false;
  /** Decisions of the engine that were made. */
  decisions = 0;

  constructor(world: World, validators: readonly Validator[]) {
    this.world = world;
    this.#validators = validators;
  }

  /** @throws Error that names the promise that was broken. */
  play(operation: Operation, thorough: boolean): void {
    const { world } = this;
    if (operation.kind === 'wait') world.wait(operation.milliseconds);
    if (operation.kind === 'activate')
      world.policyVersion = policyVersions[operation.nth] ?? world.policyVersion;
    if (operation.kind === 'crash') this.#crashesNext = true;
    const asked = questionOf(operation, world);
    if (asked === null) return;
    const context = world.context();
    const before = world.load(asked);
    const { state: after, answer } = decide(before, asked, context);
    this.decisions += 1;
    if (this.#crashesNext) {
      this.#crashesNext = false;
      return;
    }
    const current = { ...bringUpToDate(before, context), added: nothingAdded };
    world.commit(after);
    const step: Step = { asked, before, current, after, context, answer, world, thorough };
    for (const { name, complaint } of this.#validators) {
      const broken = complaint(step);
      if (broken !== null) throw new Error(`broken: ${name}\n${broken}`);
    }
  }
}
