import { expect, test } from 'vitest';
import type { Session } from '../../domain/account/state.ts';
import { sessionId } from '../../domain/ids.ts';
import { instant } from '../../domain/instant.ts';
import { microUsd, noMoney } from '../../domain/money.ts';
import { asAdmitted } from '../../ledger/rows/session.ts';

const admitted: Session = {
  id: sessionId('ses_1'),
  period: 1,
  date: '2026-01-01',
  tier: 'standard',
  cap: microUsd(200_000),
  held: microUsd(200_000),
  spent: noMoney,
  overshoot: noMoney,
  usageEvents: 0,
  tokens: 0,
  startedAt: instant(0),
  expiresAt: instant(1),
  endedAt: null,
  end: null,
  admittedVersion: 1,
  endedVersion: null,
  counted: true,
  givenBackVersion: null,
  client: null,
  metadata: null,
};

test('a session is stored as admitted only where nothing of it was used', () => {
  expect(asAdmitted(admitted)).toBe(admitted);
});

test.each<[string, Partial<Session>]>([
  ['holds less than its cap', { held: noMoney }],
  ['has spent', { spent: microUsd(1) }],
  ['counted a call', { usageEvents: 1 }],
  ['has ended', { endedAt: instant(1), end: 'ended' }],
  ['was given back', { counted: false }],
])('one that %s would be stored as another, and is refused', (_name, change) => {
  expect(() => asAdmitted({ ...admitted, ...change })).toThrow('ses_1 was used before it was admitted');
});
