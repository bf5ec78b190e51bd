import type { AppId, UserId } from '../ids.ts';
import type { Instant } from '../instant.ts';
import { firstEntitlement } from './entitlement.ts';
import { type AccountState, nothingAdded } from './state.ts';

/** An account nobody has seen before, registered by first contact. */
export function newAccount(appId: AppId, userId: UserId, now: Instant): AccountState {
  return {
    account: {
      appId,
      userId,
      version: 0,
      registeredAt: now,
      registrationGiven: false,
      timeZone: 'UTC',
      plan: null,
      locale: 'en',
      email: null,
      registration: null,
      currentPeriod: null,
      day: null,
      recentAttempts: [],
      recentInputs: [],
      entitlement: firstEntitlement,
      lastCommand: 0,
    },
    periods: [],
    sessions: [],
    authorizations: [],
    commands: [],
    added: nothingAdded,
  };
}
