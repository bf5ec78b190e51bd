import type { Modifier } from '../domain/account/modifier.ts';
import type { RiskSignal } from '../domain/account/state.ts';
import type { Instant } from '../domain/instant.ts';
import { type OpenReview, nextReviewDuty } from '../domain/risk/open-review.ts';
import type { PeriodTotals } from '../domain/totals.ts';
import { type FreeTierState, type JournalEntry, currentPeriodOf, openReviewOf } from './state.ts';

/** Without a dollar sign: the Temporal UI takes what is between two of them for a formula. */
const dollars = (microUsd: number): string => (microUsd / 1_000_000).toFixed(2);
const inUtc = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const barOf = (percent: number): string => {
  const full = Math.min(20, Math.round(percent / 5));
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)} ${percent} %`;
};

/** Typed text is shown as text on one line: nothing in it may become markup, not even a link. */
const plain = (text: string): string =>
  text
    .slice(0, 200)
    .replace(/[\s\p{C}]+/gu, ' ')
    .replaceAll('$', 'USD ')
    .replace(/[\\`*_{}[\]<>()#+!|~&:.@=-]/g, String.raw`\$&`);

function periodLines(period: PeriodTotals): string[] {
  const sent = period.crossings.filter((crossing) => crossing.decided === 'delivered');
  const passed = period.crossings.filter((crossing) => crossing.decided === 'passed');
  const percents = (crossings: typeof sent): string =>
    crossings.length === 0 ? 'none' : crossings.map((crossing) => `${crossing.threshold} %`).join(', ');
  return [
    `\`${barOf(period.percent)}\``,
    '',
    `- **Sessions:** ${period.sessionsUsed} of ${period.sessionsLimit}`,
    `- **Dollars:** ${dollars(period.spent)} of ${dollars(period.visibleBudget)}, hard limit ${dollars(period.hardBudget)}, held ${dollars(period.held)}`,
    `- **Period ${period.number}** on plan ${plain(period.plan)}, resets at ${inUtc(period.endsAt)}`,
    `- **Nudges sent:** ${percents(sent)}; passed over: ${percents(passed)}`,
  ];
}

function standingLines(state: FreeTierState): string[] {
  const typed = '`{"by": "your name", "note": "why"}`';
  const decide = `Send the signal \`approve\` or \`reject\` with the input ${typed}, or \`recheck\` to look at the evidence again.`;
  switch (state.entitlement.standing) {
    case 'good':
      return ['**Standing:** good'];
    case 'restricted':
      return [
        `**Standing:** restricted, score ${state.riskScore}. Half the sessions on the economy tier while a person looks.`,
        '',
        decide,
      ];
    case 'under_review':
      return [
        `**Standing:** under review, score ${state.riskScore}. Nothing more is spent until a person decides.`,
        '',
        decide,
      ];
    case 'suspended':
      return [`**Standing:** suspended. The signal \`approve\` with ${typed} lifts it.`];
    default:
      return state.entitlement.standing satisfies never;
  }
}

function modifierInWords(modifier: Modifier): string {
  const what =
    modifier.kind === 'grant'
      ? `${modifier.sessions} sessions and ${dollars(modifier.spend)} dollars granted`
      : `limits overridden (${Object.keys(modifier.limits).join(', ')})`;
  const until = modifier.until === null ? 'until withdrawn' : `until ${inUtc(modifier.until)}`;
  return `- ${what} from ${inUtc(modifier.from)} ${until}, by ${plain(modifier.by)}: ${plain(modifier.reason)}`;
}

const signalInWords = ({ name, points, detail }: RiskSignal): string =>
  `- ${points} points, ${plain(name.replaceAll('_', ' '))}: ${plain(detail)}`;

/** What happens next to a review that nobody decides. */
function lookAhead(review: OpenReview, state: FreeTierState): string {
  const { duty, at } = nextReviewDuty(review, state.reviewProgress);
  const kept =
    state.entitlement.standing === 'restricted'
      ? 'lifted if its evidence has gone, kept otherwise'
      : 'kept until a person decides';
  switch (duty) {
    case 'remind':
      return `The app is reminded at ${inUtc(at)}, if nobody decides before.`;
    case 'escalate':
      return `The app was reminded. Escalated at ${inUtc(at)}, if nobody decides before.`;
    case 'recheck':
      return `Escalated. The account is looked at again; its standing is ${kept}.`;
    default:
      return duty satisfies never;
  }
}

function reviewLines(state: FreeTierState): string[] {
  const review = openReviewOf(state);
  if (review === null) return [];
  return [
    '',
    `**Open review:** ${review.score} points, opened ${inUtc(review.openedAt)}, due ${inUtc(review.dueAt)}`,
    '',
    ...review.signals.map(signalInWords),
    '',
    lookAhead(review, state),
  ];
}

/** The newest few; the API lists all of them. */
const modifiersShown = 5;

function modifierLines({ entitlement }: FreeTierState): string[] {
  const modifiers = entitlement.modifiers ?? [];
  return modifiers.length === 0
    ? []
    : [
        '',
        `**Grants and overrides: ${modifiers.length}**`,
        '',
        ...modifiers.slice(-modifiersShown).map(modifierInWords),
      ];
}

const journalLines = (title: string, entries: readonly JournalEntry[]): string[] =>
  entries.length === 0
    ? []
    : [
        '',
        `**${title}**`,
        '',
        ...entries.toReversed().map((entry) => `- ${inUtc(entry.at)}: ${plain(entry.text)}`),
      ];

function billingLines({ entitlement: { billing } }: FreeTierState): string[] {
  if (billing?.lifecycle !== 'upgraded') return [];
  const plan = billing.plan === null ? 'a paid plan' : plain(billing.plan);
  return ['', `**Upgraded** to ${plan} at ${inUtc(billing.since)}: the free plan limits nothing.`];
}

/** The Markdown card that the Temporal UI shows: a user at a glance, and what a person can do. */
export function detailsOf(state: FreeTierState): string {
  const current = currentPeriodOf(state);
  return [
    ...standingLines(state),
    ...billingLines(state),
    '',
    ...(current === null ? ['No totals have arrived yet.'] : periodLines(current)),
    ...reviewLines(state),
    ...modifierLines(state),
    ...journalLines(
      'Last acts',
      state.journal.filter((entry) => entry.kind === 'act'),
    ),
    ...journalLines(
      'Ignored or failed',
      state.journal.filter((entry) => entry.kind === 'problem'),
    ),
  ].join('\n');
}
