import type { Pool } from 'pg';
import type { Baseline } from '../baseline.ts';
import type { LoadGenerator } from '../load/generator.ts';
import type { LoadPlan, LoadResult, Pace, Traffic } from '../load/plan.ts';
import type { Figures, Side } from '../pairs.ts';
import type { Stipend } from '../stipend.ts';
import { verifyBaseline, verifyLedger } from '../verify.ts';

export type AdmissionLeg = {
  readonly connections: number;
  readonly seconds: number;
  readonly pace: Pace;
  readonly users: number;
  /** Users who have used up the allowance: refusals are part of the work. */
  readonly exhaustedShare: number;
};

/** What a leg is driven with. */
export type StipendBench = {
  readonly stipend: Stipend;
  readonly generator: LoadGenerator;
  readonly seconds: number;
};

export const figuresOf = (result: LoadResult): Figures => ({
  rps: result.done / result.seconds,
  p50: result.latency.p50,
  p99: result.latency.p99,
  p999: result.latency.p999,
  lateness: result.latenessP99 ?? 0,
  generatorCpu: (result.generatorCpuSeconds * 1e6) / result.answered,
});

let cohorts = 0;
/** Every leg has users of its own: no leg meets what another has left behind. */
export function newPrefix(): string {
  cohorts += 1;
  return `c${String(cohorts).padStart(3, '0')}-`;
}

type Target = {
  readonly port: number;
  readonly key: string | null;
  readonly before: string;
  readonly after: string;
  readonly db: Pool;
};

/** Each user once, so that plans, pages and caches are warm and the exhausted are exhausted; then the leg itself. */
async function warmThenRun(
  generator: LoadGenerator,
  { port, key, before, after, db }: Target,
  prefix: string,
  { users, connections, seconds, pace }: AdmissionLeg,
  number: number,
  onWarm: () => Promise<void> = async () => {},
): Promise<{ readonly warm: LoadResult; readonly timed: LoadResult }> {
  const traffic = { kind: 'start', before, after, prefix, count: users, spread: 'each-once' } as const;
  const plan: LoadPlan = {
    port,
    key,
    connections,
    seconds: null,
    traffic,
    pace: { kind: 'closed' },
    seed: number,
  };
  // As autovacuum does within a minute: a plan that was made while the tables were empty reads them whole.
  await db.query('analyze');
  const warm = await generator.run(plan);
  await db.query('analyze');
  await onWarm();
  const timed = await generator.run({
    ...plan,
    seconds,
    pace,
    traffic: { ...traffic, spread: 'uniform' } satisfies Traffic,
  });
  return { warm, timed };
}

export const stipendSide = (
  generator: LoadGenerator,
  stipend: Stipend,
  leg: AdmissionLeg,
  onWarm?: () => Promise<void>,
): Side => ({
  name: 'Stipend',
  leg: async (number) => {
    const prefix = newPrefix();
    const exhausted = Math.round(leg.users * leg.exhaustedShare);
    await stipend.addAccounts('short', prefix, 0, exhausted);
    await stipend.addAccounts('roomy', prefix, exhausted, leg.users);
    const { key, server } = stipend;
    const target = { port: server.port, key, before: '/v1/users/', after: '/sessions', db: stipend.db };
    const { warm, timed } = await warmThenRun(generator, target, prefix, leg, number, onWarm);
    await verifyLedger(stipend.db);
    const { rows } = await stipend.db.query<{ made: number }>(
      'select count(*)::int as made from sessions where user_id like $1',
      [`${prefix}%`],
    );
    const told = (warm.statuses['201'] ?? 0) + (timed.statuses['201'] ?? 0);
    if (rows[0]?.made !== told)
      throw new Error(`${told} sessions were answered and ${rows[0]?.made} are in the ledger`);
    return figuresOf(timed);
  },
});

export const baselineSide = (generator: LoadGenerator, baseline: Baseline, leg: AdmissionLeg): Side => ({
  name: 'baseline',
  leg: async (number) => {
    const prefix = newPrefix();
    const exhausted = Math.round(leg.users * leg.exhaustedShare);
    await baseline.addUsers(prefix, 0, exhausted, 1);
    await baseline.addUsers(prefix, exhausted, leg.users, 1_000_000);
    const target = {
      port: baseline.server.port,
      key: null,
      before: '/users/',
      after: '/sessions',
      db: baseline.db,
    };
    const { timed } = await warmThenRun(generator, target, prefix, leg, number);
    await verifyBaseline(baseline.db);
    return figuresOf(timed);
  },
});
