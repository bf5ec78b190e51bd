import { type Account, type RiskSignal } from '../account/state.ts';
import { today } from '../account/bring-up-to-date.ts';
import type { AccountState } from '../account/state.ts';
import { type Instant, hour, second } from '../instant.ts';

/** The reference article's four signals, as they stand there; a later scoring replaces them. Flagged at 50 points. */
export const flaggedAt = 50;
/** Well under the line, so that an account does not go to and fro over it. */
export const releasedBelow = 30;

const newAccountFor = 2 * hour;
const machinePause = 3 * second;
const fewestPauses = 5;
const manyAttempts = 20;
const lowDiversity = 0.15;

export type RiskScore = { readonly score: number; readonly signals: readonly RiskSignal[] };

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = Math.floor(sorted.length / 2);
  const [low, high] = sorted.length % 2 === 1 ? [upper, upper] : [upper - 1, upper];
  return ((sorted[low] ?? 0) + (sorted[high] ?? 0)) / 2;
}

const pausesBetween = (instants: readonly Instant[]): readonly number[] =>
  instants.slice(1).map((at, index) => at - (instants[index] ?? at));

function accountAge(account: Account, now: Instant): RiskSignal[] {
  if (!account.registrationGiven || now - account.registeredAt >= newAccountFor) return [];
  const minutes = Math.max(0, Math.floor((now - account.registeredAt) / 60_000));
  return [{ name: 'new_account', points: 30, detail: `registered ${minutes} minutes ago` }];
}

function machineSpeed(account: Account): RiskSignal[] {
  const pauses = pausesBetween(account.recentAttempts);
  if (pauses.length < fewestPauses) return [];
  const typical = median(pauses);
  if (typical >= machinePause) return [];
  return [
    {
      name: 'machine_speed',
      points: 25,
      detail: `median pause of ${(typical / second).toFixed(1)} s over ${pauses.length}`,
    },
  ];
}

function attemptsToday(attempts: number): RiskSignal[] {
  if (attempts <= manyAttempts) return [];
  return [{ name: 'many_attempts', points: 25, detail: `${attempts} attempts today, refused ones included` }];
}

function inputDiversity(account: Account): RiskSignal[] {
  const inputs = account.recentInputs;
  if (inputs.length === 0) return [];
  const share = new Set(inputs).size / inputs.length;
  if (share >= lowDiversity) return [];
  return [
    {
      name: 'low_diversity',
      points: 20,
      detail: `${Math.round(share * 100)} % of ${inputs.length} inputs differ`,
    },
  ];
}

/** No data, no points. Evidence that a person has already judged was dropped when they approved. */
export function scoreRisk(state: AccountState, now: Instant): RiskScore {
  const { account } = state;
  const signals = [
    ...accountAge(account, now),
    ...machineSpeed(account),
    ...attemptsToday(today(state).attempts),
    ...inputDiversity(account),
  ];
  return { score: signals.reduce((sum, signal) => sum + signal.points, 0), signals };
}
