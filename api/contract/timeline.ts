import { z } from 'zod';
import type { Command } from '../../domain/account/command.ts';
import { limitNames } from '../../domain/allowance/limits.ts';
import { dollarsOf, microUsd } from '../../domain/money.ts';
import { evidenceOf } from '../../domain/risk/evidence.ts';
import type { Entry } from '../../domain/story/entry.ts';
import type { Check } from '../../domain/story/explanation.ts';
import { inWords } from '../../domain/story/words.ts';
import { toTime, toTimeOrNull } from './fields.ts';
import { changesToApi } from './modifier.ts';

const limitSource = z.enum(['plan', 'override', 'grant', 'standing', 'probation']);

/** Counts are whole numbers; checks in dollars say so by their unit. */
const checkView = z
  .object({
    check: z.enum(['month', 'day', 'concurrent', 'probation', 'budget', 'daily_budget', 'hold', 'standing']),
    unit: z.enum(['sessions', 'usd']),
    used: z.number(),
    adds: z.number(),
    limit: z.number(),
    source: limitSource,
    binds: z.boolean(),
    frees_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'LimitCheck' });

const kinds = [
  'period_opened',
  'session_admitted',
  'session_refused',
  'call_authorized',
  'authorization_expired',
  'usage_counted',
  'session_ended',
  'step_crossed',
  'nudge_decided',
  'reset_announced',
  'review_opened',
  'act',
  'policy_changed',
] as const satisfies readonly Entry['kind'][];

export const entryView = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    kind: z.enum(kinds),
    period: z.int().nullable(),
    /** The account's version that wrote it: the order of its decisions. */
    version: z.int().nullable(),
    text: z.string(),
    /** The figures, by kind; amounts end in _usd. */
    details: z.record(z.string(), z.unknown()),
    checks: z.array(checkView).optional(),
  })
  .meta({ id: 'TimelineEntry' });

function checkToApi(check: Check): z.output<typeof checkView> {
  const shown = (value: number) => (check.unit === 'micro_usd' ? dollarsOf(microUsd(value)) : value);
  return {
    check: check.name,
    unit: check.unit === 'micro_usd' ? 'usd' : 'sessions',
    used: shown(check.used),
    adds: shown(check.adds),
    limit: shown(check.limit),
    source: check.source,
    binds: check.binds,
    frees_at: toTimeOrNull(check.freesAt),
  };
}

function actToApi(command: Command): Record<string, unknown> {
  const act = { act: command.kind, number: command.number, by: command.by, note: command.note };
  switch (command.kind) {
    case 'flag':
    case 'approve':
    case 'reject':
      return { ...act, review: command.reviewId };
    case 'recheck':
      return {
        ...act,
        review: command.reviewId,
        score: command.score,
        outcome: command.outcome,
        due_at: toTimeOrNull(command.dueAt),
      };
    case 'grant':
    case 'override':
      return {
        ...act,
        id: command.key,
        from: toTime(command.from),
        until: toTimeOrNull(command.until),
        ...(command.kind === 'grant'
          ? { sessions: command.sessions, budget_usd: dollarsOf(command.spend) }
          : { limits: changesToApi(command.limits) }),
      };
    case 'withdraw':
      return { ...act, id: command.modifierId };
    case 'upgrade':
    case 'downgrade':
      return { ...act, plan: command.plan, occurred_at: toTime(command.occurredAt) };
    default:
      return command satisfies never;
  }
}

function detailsOf(entry: Entry): Record<string, unknown> {
  switch (entry.kind) {
    case 'period_opened':
      return {
        ends_at: toTime(entry.endsAt),
        time_zone: entry.timeZone,
        plan: entry.plan,
        policy_version: entry.policyVersion,
      };
    case 'session_admitted':
      return {
        session: entry.session,
        tier: entry.tier,
        tier_because: entry.because,
        hold_usd: dollarsOf(entry.hold),
        spent_usd: dollarsOf(entry.spent),
        held_usd: dollarsOf(entry.held),
      };
    case 'session_refused': {
      const resetsAt = entry.binding[0]?.resetsAt ?? null;
      return {
        attempts: entry.attempts,
        limited_by: entry.binding[0]?.limit ?? null,
        violated_policies: limitNames(entry.binding),
        resets_at: toTimeOrNull(resetsAt),
      };
    }
    case 'call_authorized':
      return {
        authorization: entry.authorization,
        session: entry.session,
        model: entry.model,
        input_tokens: entry.inputTokens,
        output_tokens: entry.outputTokens,
        reserved_usd: dollarsOf(entry.reserved),
        expires_at: toTime(entry.expiresAt),
      };
    case 'authorization_expired':
      return {
        authorization: entry.authorization,
        session: entry.session,
        reserved_usd: dollarsOf(entry.reserved),
        given_back: entry.givenBack,
      };
    case 'usage_counted':
      return {
        event: entry.event,
        session: entry.session,
        authorization: entry.authorization,
        model: entry.model,
        input_tokens: entry.inputTokens,
        output_tokens: entry.outputTokens,
        occurred_at: toTime(entry.occurredAt),
        cost_usd: dollarsOf(entry.cost),
        from_hold_usd: dollarsOf(entry.fromHold),
        overshoot_usd: dollarsOf(entry.overshoot),
        spent_usd: dollarsOf(entry.spent),
        held_usd: dollarsOf(entry.held),
        late: entry.late,
        taken_again: entry.takenAgain,
      };
    case 'session_ended':
      return {
        session: entry.session,
        end: entry.end,
        spent_usd: dollarsOf(entry.spent),
        released_usd: dollarsOf(entry.released),
        given_back: entry.givenBack,
        sessions_used: entry.sessionsUsed,
      };
    case 'step_crossed':
      return {
        threshold: entry.threshold,
        dimension: entry.dimension,
        sessions_used: entry.sessionsUsed,
        sessions_limit: entry.sessionsLimit,
        spent_usd: dollarsOf(entry.spent),
        visible_budget_usd: dollarsOf(entry.visibleBudget),
      };
    case 'nudge_decided':
      return { threshold: entry.threshold, dimension: entry.dimension, decision: entry.decision };
    case 'reset_announced':
      return { notice: entry.notice };
    case 'review_opened':
      return {
        review: entry.review,
        score: entry.score,
        evidence: evidenceOf(entry),
        due_at: toTime(entry.dueAt),
      };
    case 'policy_changed':
      return { former_policy: entry.former, policy_version: entry.policyVersion };
    case 'act':
      return {
        ...actToApi(entry.command),
        standing_before: entry.standingBefore,
        standing: entry.standing,
      };
    default:
      return entry satisfies never;
  }
}

export const entryToApi = (entry: Entry): z.output<typeof entryView> => ({
  id: entry.id,
  at: toTime(entry.at),
  kind: entry.kind,
  period: entry.period,
  version: entry.version,
  text: inWords(entry),
  details: detailsOf(entry),
  ...('checks' in entry ? { checks: entry.checks.map(checkToApi) } : {}),
});
