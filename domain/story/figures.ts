import type { Instant } from '../instant.ts';
import type { BindingLimit, LimitName } from '../allowance/limits.ts';
import type { Check, CheckName } from './explanation.ts';

/** Dollars with as many places as they need, two at least: 0.20, 1.634567. For growth and support, never for users. */
export function dollarsInWords(microUsd: number): string {
  const exact = (microUsd / 1_000_000).toFixed(6);
  return exact.replace(/0{1,4}$/, '');
}

/** To the second, in UTC: what support compares with logs. */
export const instantInWords = (at: Instant): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

const names: Readonly<Record<CheckName, string>> = {
  month: 'sessions',
  day: 'today',
  concurrent: 'running',
  probation: 'sessions while the account is new',
  budget: 'dollars spent',
  daily_budget: 'dollars spent today',
  hold: 'dollars held and spent',
  standing: 'standing',
};

const limits: Readonly<Record<LimitName, string>> = {
  month: 'sessions of the period used up',
  day: 'sessions of the day used up',
  usage: 'dollars used up',
  concurrent: 'too many sessions running',
  session: 'the session has reached its size',
  probation: 'the account is too new for more',
  review: 'a person has to look at the account first',
  suspended: 'the account is suspended',
};

export const limitInWords = ({ limit, resetsAt }: BindingLimit): string =>
  `${limits[limit]}${resetsAt === null ? '' : `, free again ${instantInWords(resetsAt)}`}`;

/** "plan 10 + grant 5 (a good customer)": whose word the limit is. */
export function sourceInWords({
  unit,
  source,
  contributions,
}: Pick<Check, 'unit' | 'source' | 'contributions'>): string {
  const steps = contributions.map((one) => {
    const amount = unit === 'micro_usd' ? dollarsInWords(one.value) : String(one.value);
    return `${one.source} ${amount}${one.reason === null ? '' : ` (${one.reason})`}`;
  });
  return steps.length <= 1 ? (steps[0] ?? source) : steps.join(', then ');
}

/** One limit's arithmetic for a session that was asked for: what was used, what it adds, and the limit. */
export function arithmetic(check: Check, admitted: boolean): string {
  const { name, used, adds, limit } = check;
  switch (name) {
    case 'month':
    case 'day':
    case 'concurrent':
    case 'probation':
      return admitted
        ? `${names[name]} ${used} → ${used + adds} of ${limit}`
        : `${names[name]} ${used} of ${limit}`;
    case 'budget':
    case 'daily_budget':
      return `${names[name]} ${dollarsInWords(used)} of ${dollarsInWords(limit)}`;
    case 'hold': {
      const sum = used + adds;
      return `held and spent ${dollarsInWords(used)} + this session's ${dollarsInWords(adds)} = ${dollarsInWords(sum)} ${sum <= limit ? '≤' : '>'} ${dollarsInWords(limit)}`;
    }
    case 'standing':
      return check.binds ? 'standing forbids it' : 'standing allows it';
    default:
      return name satisfies never;
  }
}
