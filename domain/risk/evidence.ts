import { today } from '../account/bring-up-to-date.ts';
import { withAccount } from '../account/change.ts';
import type { AccountState, RiskSignal } from '../account/state.ts';

/** Forgets what the risk rule goes by: a person has judged it, or it came about while the user paid. */
export const withoutEvidence = (state: AccountState): AccountState =>
  withAccount(state, { recentAttempts: [], recentInputs: [], day: { ...today(state), attempts: 0 } });

/** What speaks against an account, as reviews, timelines and webhooks show it. */
export const evidenceOf = ({ signals }: { readonly signals: readonly RiskSignal[] }) =>
  signals.map(({ name, points, detail }) => ({ signal: name, points, detail }));
