import type { AppId, UserId } from '../../domain/ids.ts';
import type { Random } from '../../examples/demo/random.ts';
import type { Process } from '../setup/process.ts';

type Event = { readonly id: string; readonly cost_usd: number };

/** What the callers were told: every acknowledged write must be in the ledger, once. */
export type Told = {
  readonly sessions: { readonly id: string; readonly user: UserId }[];
  readonly events: Map<
    string,
    { readonly session: string; readonly event: Event; readonly authorization?: string }
  >;
  /** Granted and perhaps not used yet. */
  readonly authorized: { readonly id: string; readonly session: string; readonly granted: number }[];
  /** Replies by idempotency key: the same key, the same session. */
  readonly keyed: Map<string, string>;
  busy: number;
  operations: number;
};

export type Traffic = {
  readonly app: AppId;
  readonly key: string;
  readonly users: readonly UserId[];
  readonly processes: readonly Process[];
  readonly random: Random;
  readonly told: Told;
};

export const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[random.below(items.length)] as Item;

/** A few accounts are hot: most of what is asked at once is asked of them. */
export const someUser = ({ random, users }: Traffic): UserId =>
  users[Math.floor(users.length * random.share() ** 3)] as UserId;

/** Sessions that were made lately are the ones in use. */
export const recent = (told: Told, random: Random) =>
  told.sessions.at(-1 - random.below(Math.min(40, told.sessions.length)));

/** A tenth of the accounts has grants and pays now and then: what invariants say of plain limits is said of the others. */
export const someFavoured = ({ random, users }: Traffic): UserId =>
  users[users.length - 1 - random.below(users.length / 10)] as UserId;

export type TrafficAct = (traffic: Traffic, process: Process) => Promise<void>;
