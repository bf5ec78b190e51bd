import type { Session } from '../../domain/account/state.ts';
import { hour } from '../../domain/instant.ts';
import type { PolicyDocument } from '../../domain/policy/document.ts';
import { AnAccount, at, policyWith } from './an-account.ts';

const start = at('2026-11-24T10:00:00Z');

/** An account on the reference plan without probation, but for what is given. */
export const accountOn = (plan: Partial<PolicyDocument['plans'][string]> = {}, from = start): AnAccount =>
  new AnAccount(
    from,
    policyWith((reference) => ({ ...reference, probation: null, ...plan })),
  );

/** A session that the account must be admitted to. */
export function startSession(account: AnAccount): Session {
  const admission = account.ask(true);
  if (admission.outcome !== 'admitted') throw new Error(admission.outcome);
  return admission.session;
}

/** So many sessions, one an hour, each with a call. */
export function after(account: AnAccount, sessions: number, dollars = 0.01): AnAccount {
  for (let session = 0; session < sessions; session += 1) {
    const { id } = startSession(account);
    account.use(id, dollars);
    account.end(id);
    account.forward(hour);
  }
  return account;
}
