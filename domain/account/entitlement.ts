import type { ReviewId } from '../ids.ts';
import type { Tier } from '../policy/document.ts';
import type { Instant } from '../instant.ts';
import type { Command } from './command.ts';
import { type Lifecycle, nextLifecycle } from './lifecycle.ts';
import type { Modifier } from './modifier.ts';
import { type Standing, type StandingEvent, nextStanding } from './standing.ts';

/**
 * What an account is entitled to, written by its workflow alone. `version` fences the write: a delayed attempt with a
 * lower one changes nothing. Acts numbered above `foldedThrough` are in force before the workflow has heard of them.
 */
export type Entitlement = {
  readonly v: 1;
  readonly version: number;
  readonly foldedThrough: number;
  readonly standing: Standing;
  readonly tierCeiling: Tier;
  /** The review that put the account where it stands, kept after a rejection so that it can be undone. */
  readonly reviewId: ReviewId | null;
  /** Absent in what was written before there were any. */
  readonly modifiers?: readonly Modifier[];
  /** What billing said last; absent before it said anything. */
  readonly billing?: BillingStand;
};

/** `plan`: the paid plan while upgraded, else the free plan that was named on the way back, if any. */
export type BillingStand = {
  readonly lifecycle: Extract<Lifecycle, 'active' | 'upgraded'>;
  readonly plan: string | null;
  readonly since: Instant;
};

export const firstEntitlement: Entitlement = {
  v: 1,
  version: 0,
  foldedThrough: 0,
  standing: 'good',
  tierCeiling: 'standard',
  reviewId: null,
  modifiers: [],
};

/** Adds a modifier, and drops those that had ended by then. */
function withModifier(entitlement: Entitlement, modifier: Modifier, command: Command): Entitlement {
  const standing = (entitlement.modifiers ?? []).filter(
    ({ id, until }) => id !== modifier.id && (until === null || until > command.at),
  );
  return { ...entitlement, modifiers: [...standing, modifier] };
}

/** Moves the standing, if the act is about the review that put the account where it stands. */
function moved(entitlement: Entitlement, reviewId: ReviewId, event: StandingEvent): Entitlement {
  if (entitlement.standing !== 'good' && entitlement.reviewId !== reviewId) return entitlement;
  const standing = nextStanding(entitlement.standing, event);
  return { ...entitlement, standing, reviewId: standing === 'good' ? null : reviewId };
}

export const lifecycleOf = ({ billing }: Pick<Entitlement, 'billing'>): BillingStand['lifecycle'] =>
  billing?.lifecycle ?? 'active';

function withBilling(
  entitlement: Entitlement,
  { plan, occurredAt }: Pick<Extract<Command, { kind: 'upgrade' }>, 'plan' | 'occurredAt'>,
  event: 'upgraded' | 'downgraded',
): Entitlement {
  const lifecycle = nextLifecycle(lifecycleOf(entitlement), event);
  return lifecycle === 'active' || lifecycle === 'upgraded'
    ? { ...entitlement, billing: { lifecycle, plan, since: occurredAt } }
    : entitlement;
}

function foldOne(entitlement: Entitlement, command: Command): Entitlement {
  switch (command.kind) {
    case 'flag':
      return moved(entitlement, command.reviewId, command.to === 'restricted' ? 'restrict' : 'hold');
    case 'approve':
    case 'reject':
      return moved(entitlement, command.reviewId, command.kind);
    case 'recheck':
      return moved(entitlement, command.reviewId, command.outcome === 'released' ? 'recover' : 'time_up');
    case 'grant': {
      const { key, kind, sessions, spend, from, until, priority, by, note } = command;
      const grant = { id: key, kind, sessions, spend, from, until, priority, by, reason: note };
      return withModifier(entitlement, grant, command);
    }
    case 'override': {
      const { key, kind, limits, from, until, priority, by, note } = command;
      return withModifier(
        entitlement,
        { id: key, kind, limits, from, until, priority, by, reason: note },
        command,
      );
    }
    case 'withdraw':
      return {
        ...entitlement,
        modifiers: (entitlement.modifiers ?? []).filter(({ id }) => id !== command.modifierId),
      };
    case 'upgrade':
      return withBilling(entitlement, command, 'upgraded');
    case 'downgrade':
      return withBilling(entitlement, command, 'downgraded');
    default:
      return command satisfies never;
  }
}

/** The entitlement in force: commands not yet folded are applied in their order; folding twice changes nothing. */
export function fold(entitlement: Entitlement, commands: readonly Command[]): Entitlement {
  if (commands.length === 0) return entitlement;
  return [...commands]
    .sort((left, right) => left.number - right.number)
    .filter((command) => command.number > entitlement.foldedThrough)
    .reduce(
      (folded, command) => ({ ...foldOne(folded, command), foldedThrough: command.number }),
      entitlement,
    );
}

/** What an account may do now, acts included that stand in the ledger and that its workflow has not folded yet. */
export const entitlementInForce = ({
  account,
  commands,
}: {
  readonly account: { readonly entitlement: Entitlement };
  readonly commands: readonly Command[];
}): Entitlement => fold(account.entitlement, commands);

/** A paid plan is in force: no limit of the free plan holds. A person's word and the risk rule's stay. */
export const isUpgraded = (state: Parameters<typeof entitlementInForce>[0]): boolean =>
  lifecycleOf(entitlementInForce(state)) === 'upgraded';

/** A restricted account runs on the economy tier, whatever else it is entitled to. */
export const tierCeilingOf = ({ standing, tierCeiling }: Entitlement): Tier =>
  standing === 'restricted' ? 'economy' : tierCeiling;
