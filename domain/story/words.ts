import type { Command } from '../account/command.ts';
import type { LimitChanges } from '../account/modifier.ts';
import type { Acted, Entry, SessionAdmitted, SessionRefused, UsageCounted } from './entry.ts';
import type { TierReason } from './explanation.ts';
import { arithmetic, dollarsInWords, instantInWords, limitInWords } from './figures.ts';

const tierReasons: Readonly<Record<TierReason, string>> = {
  as_usual: 'the plan degrades later',
  ceiling: 'the account is held to it',
  ladder: 'the plan degrades from here on',
  room: 'only its hold still fits',
};

function admitted(entry: SessionAdmitted): string {
  const checks = entry.checks.filter(({ name }) => name !== 'standing' && name !== 'budget');
  const sums = checks.map((check) =>
    check.name === 'hold'
      ? `dollars spent ${dollarsInWords(entry.spent)} + held ${dollarsInWords(entry.held)} + this session's ${dollarsInWords(entry.hold)} = ${dollarsInWords(entry.spent + entry.held + entry.hold)} ≤ ${dollarsInWords(check.limit)}`
      : arithmetic(check, true),
  );
  // On a paid plan nothing is asked of the free one.
  if (sums.length === 0) return `Session ${entry.session} admitted on the paid plan; tier ${entry.tier}.`;
  const because = entry.because === null ? '' : ` because ${tierReasons[entry.because]}`;
  return `Session ${entry.session} admitted: ${sums.join('; ')}; tier ${entry.tier}${because}.`;
}

function refused(entry: SessionRefused): string {
  const times = entry.attempts === 1 ? 'A session' : `${entry.attempts} sessions`;
  const [first, ...others] = entry.binding.map(limitInWords);
  if (first === undefined) return `${times} asked for and not made; the rows no longer tell why.`;
  const bound = entry.checks.filter(({ binds }) => binds).map((check) => arithmetic(check, false));
  const also = others.length === 0 ? '' : `; also ${others.join('; ')}`;
  return `${times} refused: ${first}${also}. ${bound.join('; ')}.`;
}

function used(entry: UsageCounted): string {
  const what = entry.model === null ? 'dollars reported by the app' : entry.model;
  const tokens =
    entry.inputTokens === null && entry.outputTokens === null
      ? ''
      : `, ${entry.inputTokens ?? 0} tokens in and ${entry.outputTokens ?? 0} out`;
  const authorized = entry.authorization === null ? '' : ` under authorization ${entry.authorization}`;
  const over = entry.overshoot === 0 ? '' : `, ${dollarsInWords(entry.overshoot)} beyond the hold`;
  const late = entry.late ? ' It came after the end of the session' : '';
  const again = entry.takenAgain ? ', which counts again' : '';
  return `Usage ${entry.event} of ${entry.session}${authorized} (${what}${tokens}): ${dollarsInWords(entry.cost)}, of which ${dollarsInWords(entry.fromHold)} from the hold${over}. The period now: spent ${dollarsInWords(entry.spent)}, held ${dollarsInWords(entry.held)}.${late}${again}${late === '' ? '' : '.'}`;
}

/** `hardBudget: 5000000` as "budget 5.00"; null lifts a limit. */
function changesInWords(limits: LimitChanges): string {
  const counts: readonly [string, number | null | undefined][] = [
    ['sessions a day', limits.sessionsPerDay],
    ['sessions a period', limits.sessionsPerPeriod],
    ['running at once', limits.concurrentSessions],
    ['tokens a session', limits.sessionTokens],
  ];
  const dollars: readonly [string, number | null | undefined][] = [
    ['dollars a period', limits.hardBudget],
    ['dollars a day', limits.dailyBudget],
    ['dollars a session', limits.sessionCap],
  ];
  return [
    ...counts.map(([name, value]) => [name, value, String(value)] as const),
    ...dollars.map(([name, value]) => [name, value, dollarsInWords(value ?? 0)] as const),
  ]
    .filter(([, value]) => value !== undefined)
    .map(([name, value, said]) => `${name}: ${value === null ? 'no limit' : said}`)
    .join(', ');
}

function grantInWords({ sessions, spend }: Extract<Command, { kind: 'grant' }>): string {
  const count = sessions === 0 ? [] : [sessions === 1 ? '1 session' : `${sessions} sessions`];
  const dollars = spend === 0 ? [] : [`${dollarsInWords(spend)} dollars`];
  return [...count, ...dollars].join(' and ');
}

function actInWords(command: Command): string {
  switch (command.kind) {
    case 'flag':
      return `flagged the account, review ${command.reviewId}`;
    case 'approve':
      return `approved the account, review ${command.reviewId}`;
    case 'reject':
      return `rejected the account, review ${command.reviewId}`;
    case 'recheck': {
      const due = command.dueAt === null ? '' : `, due again ${instantInWords(command.dueAt)}`;
      return `re-checked the account at ${command.score} points and ${command.outcome} it${due}, review ${command.reviewId}`;
    }
    case 'grant':
      return `granted ${grantInWords(command)} ${windowInWords(command)}`;
    case 'override':
      return `set limits ${windowInWords(command)}: ${changesInWords(command.limits)}`;
    case 'withdraw':
      return `withdrew ${command.modifierId}`;
    case 'upgrade':
      return `told of an upgrade to ${command.plan ?? 'the paid plan'} at ${instantInWords(command.occurredAt)}: the free plan's limits are lifted`;
    case 'downgrade':
      return `told of the end of the paid plan at ${instantInWords(command.occurredAt)}: the free plan's limits hold again`;
    default:
      return command satisfies never;
  }
}

const windowInWords = ({ from, until }: Extract<Command, { kind: 'grant' | 'override' }>): string =>
  `from ${instantInWords(from)} ${until === null ? 'until withdrawn' : `to ${instantInWords(until)}`}`;

function acted({ command, standingBefore, standing }: Acted): string {
  const note = command.note === '' ? '' : ` (${command.note})`;
  const changed = standing === standingBefore ? '' : ` Standing ${standingBefore} → ${standing}.`;
  return `${command.by} ${actInWords(command)}${note}.${changed}`;
}

/** An entry in plain English, for growth and support. */
export function inWords(entry: Entry): string {
  switch (entry.kind) {
    case 'period_opened':
      return `Period ${entry.period} of the plan ${entry.plan} runs from here to ${instantInWords(entry.endsAt)}, days by ${entry.timeZone}, policy ${entry.policyVersion}.`;
    case 'session_admitted':
      return admitted(entry);
    case 'session_refused':
      return refused(entry);
    case 'call_authorized':
      return `Authorization ${entry.authorization} of ${entry.session}: ${entry.outputTokens} output tokens of ${entry.model}, ${dollarsInWords(entry.reserved)} reserved in the hold until ${instantInWords(entry.expiresAt)}.`;
    case 'authorization_expired':
      return `Authorization ${entry.authorization} of ${entry.session} expired; its ${dollarsInWords(entry.reserved)} are free in the hold.${entry.givenBack ? ' The session is given back because nothing was used in it.' : ''}`;
    case 'usage_counted':
      return used(entry);
    case 'session_ended':
      return `Session ${entry.session} ${entry.end}: spent ${dollarsInWords(entry.spent)}, ${dollarsInWords(entry.released)} released${entry.givenBack ? '; given back because nothing was used in it' : ''}. Sessions of the period now ${entry.sessionsUsed}.`;
    case 'step_crossed':
      return entry.dimension === 'sessions'
        ? `${entry.threshold} % crossed by sessions: ${entry.sessionsUsed} of ${entry.sessionsLimit}.`
        : `${entry.threshold} % crossed by dollars: ${dollarsInWords(entry.spent)} of ${dollarsInWords(entry.visibleBudget)}.`;
    case 'nudge_decided':
      return `The nudge at ${entry.threshold} % was ${entry.decision}.`;
    case 'reset_announced':
      return `Reset announced: ${entry.notice}`;
    case 'review_opened':
      return `Review ${entry.review} opened at ${entry.score} points, due ${instantInWords(entry.dueAt)}: ${entry.signals.map(({ name, points, detail }) => `${name} ${points} (${detail})`).join('; ')}.`;
    case 'act':
      return acted(entry);
    case 'policy_changed':
      return `Period ${entry.period} runs under policy ${entry.policyVersion} from here on, no longer under ${entry.former}.`;
    default:
      return entry satisfies never;
  }
}
