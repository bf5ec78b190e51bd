import { authorizationId } from '../../../domain/ids.ts';
import { hour, instant, minute } from '../../../domain/instant.ts';
import { microUsdFromDollars } from '../../../domain/money.ts';
import type { AccountRecord } from '../../../domain/story/record.ts';
import type { PolicyDocument } from '../../../domain/policy/document.ts';
import { startSession } from '../account-on.ts';
import { AnAccount, at, policyWith } from '../an-account.ts';
import { recordOf } from './random-life.ts';

/** Lives in which everything happens that a story can tell of. */

type Plan = PolicyDocument['plans'][string];
type Life = { readonly account: AnAccount; readonly record: AccountRecord };

const day = 24 * hour;
const start = at('2026-11-01T10:00:00Z');

const accountOn = (plan: Partial<Plan>) =>
  new AnAccount(
    start,
    policyWith((reference) => ({ ...reference, ...plan })),
  );

const started = (account: AnAccount): string => startSession(account).id;

function used(account: AnAccount, dollars: number): void {
  const id = started(account);
  account.use(id, dollars, { model: 'claude-sonnet-4-5', inputTokens: 900, outputTokens: 250 });
  account.forward(minute).end(id);
  account.forward(2 * hour);
}

/** New, on probation, stopped by each limit of the reference plan, and back in the next month. */
function ordinary(): Life {
  const account = accountOn({}).register({ registeredAt: start });
  const first = started(account);
  account.forward(minute).end(first);
  const second = started(account);
  account.forward(minute);
  started(account);
  account.ask(true);
  account.ask(true);
  account.forward(minute).use(second, 0.05, { model: 'gpt-5-mini', inputTokens: 1_200 });
  account.end(second);
  account.forward(5 * minute).ask(true);
  account.forward(3 * hour);
  used(account, 0.02);
  used(account, 0.02);
  account.ask(true);
  for (let session = 0; session < 7; session += 1) {
    used(account.forward(day), 0.02);
  }
  account.forward(day).ask(true);
  account.now = at('2026-12-05T10:00:00Z');
  used(account, 0.02);
  return {
    account,
    record: {
      ...recordOf(account),
      nudges: [
        {
          period: 1,
          threshold: 70,
          dimension: 'sessions',
          decision: 'passed',
          at: at('2026-11-05T12:00:00Z'),
        },
        {
          period: 1,
          threshold: 85,
          dimension: 'usage',
          decision: 'delivered',
          at: at('2026-11-05T12:00:01Z'),
        },
      ],
      resets: [{ period: 2, text: 'Your free allowance is back.', at: at('2026-12-01T00:07:00Z') }],
    },
  };
}

/** Dollars: of the session, the day and the month, calls that were authorized, usage that came late. */
function dear(): Life {
  const account = accountOn({
    probation: null,
    sessions: { per_day: null, per_month: 20, concurrent: 3, idle_timeout: 'PT30M' },
    budget: { per_month: 2, buffer: '20%', per_session: 0.4, per_day: 0.9 },
    degrade: { at: '60%', tier: 'economy', per_session: 0.1 },
  });
  const first = started(account);
  account.forward(minute).authorize(first, { id: authorizationId('a1'), inputTokens: 10_000 });
  account.use(first, 0.03, {
    authorizationId: authorizationId('a1'),
    model: 'claude-sonnet-4-5',
    outputTokens: 7,
  });
  account.authorize(first, { id: authorizationId('a2') });
  account.use(first, 0.5);
  account.end(first);
  account.forward(minute).use(first, 0.001, { occurredAt: start });
  const unused = started(account);
  account.end(unused);
  account.forward(minute).use(unused, 0.4);
  account.ask(true);
  account.forward(day);
  const waiting = started(account);
  account.authorize(waiting, { id: authorizationId('a3') });
  account.end(waiting);
  account.forward(2 * hour);
  used(account, 0.31);
  started(account);
  started(account);
  account.forward(minute);
  started(account);
  account.ask(true);
  account.forward(2 * day);
  used(account, 0.4);
  account.ask(true);
  return { account, record: recordOf(account) };
}

/** A script that a person judges, a restriction that comes and goes, a rejection, and a customer. */
function judged(): Life {
  const account = accountOn({
    probation: null,
    sessions: { per_day: 10, per_month: 100, concurrent: 10 },
  }).register({ registeredAt: start });
  for (let attempt = 0; attempt < 7; attempt += 1) account.forward(1_000).ask(true);
  account.forward(hour).review('approve');
  account.forward(day).flag('restricted', [
    { name: 'many_attempts', points: 25, detail: '30 attempts today, refused ones included' },
    { name: 'machine_speed', points: 25, detail: 'median pause of 1.0 s over 31' },
  ]);
  account.recheck({ timeUp: false, by: 'maya' });
  account
    .forward(minute)
    .flag('restricted', [{ name: 'low_diversity', points: 20, detail: '10 % of 20 inputs differ' }]);
  used(account, 0.01);
  for (let attempt = 0; attempt < 25; attempt += 1) account.forward(500).ask(true);
  account.recheck();
  account.forward(day).review('reject');
  account.forward(minute).review('approve');
  account.forward(hour).bill('upgraded', { plan: 'Team' });
  used(account, 0.3);
  account.bill('downgraded');
  account.forward(minute).bill('upgraded');
  account.forward(day).bill('downgraded', { plan: 'free' });
  used(account, 0.01);
  return { account, record: recordOf(account) };
}

/** Running sessions hold what is left: the cheaper tier still fits, then nothing does, then what was spent is in the way. */
function crowded(): Life {
  const account = accountOn({
    probation: null,
    sessions: { per_day: null, per_month: 20, concurrent: 9 },
    budget: { per_month: 0.5, buffer: '0%', per_session: 0.3 },
    degrade: { at: '99%', tier: 'economy', per_session: 0.1 },
  });
  const first = started(account);
  started(account.forward(minute));
  started(account.forward(minute));
  account.forward(minute).ask(true);
  account.forward(minute).use(first, 0.45);
  account.forward(2 * hour).ask(true);
  return { account, record: recordOf(account) };
}

/** Held, and then sent away: what it asks for meanwhile is refused. */
function sentAway(): Life {
  const account = accountOn({ sessions: { per_day: 1, per_month: 10, concurrent: 1 } });
  started(account);
  account
    .forward(minute)
    .flag('under_review', [
      { name: 'many_attempts', points: 25, detail: '21 attempts today, refused ones included' },
    ]);
  account.forward(minute).ask(true);
  account.recheck();
  account.forward(hour).review('reject');
  account.forward(minute).ask(true);
  account.recheck();
  return { account, record: recordOf(account) };
}

/** Grants, overrides of every limit, and a policy that changes in between. */
function modified(): Life {
  const account = accountOn({
    probation: null,
    degrade: null,
    sessions: { per_day: null, per_month: 3, concurrent: 5 },
  });
  for (let session = 0; session < 3; session += 1) used(account, 0.01);
  const grant = account.grant({ sessions: 2, dollars: 1.5 }, { until: instant(account.now + 7 * day) });
  const lasting = account.grant({ sessions: 1 });
  used(account, 0.01);
  account.withdraw(lasting);
  account.override({
    sessionsPerDay: 6,
    sessionsPerPeriod: 30,
    concurrentSessions: 1,
    hardBudget: microUsdFromDollars(9),
    dailyBudget: microUsdFromDollars(1.25),
    sessionCap: microUsdFromDollars(0.5),
    sessionTokens: 10_000,
  });
  used(account, 0.01);
  account.override(
    { sessionsPerDay: null, dailyBudget: null, sessionTokens: null },
    { from: instant(account.now + hour), until: instant(account.now + day) },
  );
  account.activateNow(policyWith((plan) => ({ ...plan, sessions: { per_day: 2, per_month: 5 } })));
  used(account, 0.01);
  account.withdraw(grant);
  account.now = at('2026-12-05T10:00:00Z');
  account.ask(true);
  account.ask(true);
  return { account, record: recordOf(account) };
}

export const lives: Readonly<Record<string, () => Life>> = {
  ordinary,
  dear,
  crowded,
  judged,
  'sent-away': sentAway,
  modified,
};
