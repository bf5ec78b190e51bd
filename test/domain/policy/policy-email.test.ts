import { describe, expect, test } from 'vitest';
import { policyDocument } from '../../../domain/policy/document.ts';
import { checkPolicy, faultInWords } from '../../../domain/policy/faults.ts';
import { referencePolicy } from '../../../domain/policy/reference.ts';
import { readEnvironment } from '../../../worker/environment.ts';
import { newSecretKey } from '../../../ledger/secret-keys.ts';
import { badAddresses, badNames } from '../mail/bad-addresses.ts';

const withEmail = (email: object) => ({
  ...referencePolicy,
  channels: { email: { enabled: true, ...email } },
});
const isTaken = (email: object) => policyDocument.safeParse(withEmail(email)).success;

/** As `stipend policy check` says it: one fault, at this path. */
function expectFaultAt(path: string, email: object): void {
  const { faults } = checkPolicy(withEmail(email));
  expect(faults.map((fault) => fault.path.join('.'))).toEqual([path]);
  expect(faultInWords(faults[0]!, null)).toMatch(new RegExp(`^${path}: .*; write one such as `, 's'));
}

test.each([
  'hello@example.com',
  'Example <hello@example.com>',
  'Müller & Söhne <hello@example.com>',
  'O’Neil (Support) <hello@example.com>',
])('%j sends e-mails', (from) => expect(isTaken({ from })).toBe(true));

describe.each(badAddresses)('%s, as an address in the policy', (_trick, address) => {
  test('is refused for a sender, by name', () => {
    expectFaultAt('channels.email.from', { from: address });
    expectFaultAt('channels.email.from', { from: `Example <${address}>` });
  });

  test('is refused for where answers go, by name', () =>
    expectFaultAt('channels.email.reply_to', { reply_to: address }));
});

test.each(badNames)('%s, as the name of a sender, is refused by name', (_trick, name) =>
  expectFaultAt('channels.email.from', { from: `${name} <hello@example.com>` }),
);

test.each([
  'Example',
  'Example hello@example.com',
  'Example <hello@example.com',
  '<>',
  'A <a@example.com> B',
])('the sender %j is refused by name', (from) => expectFaultAt('channels.email.from', { from }));

test.each(['Example <help@example.com>', 'help@example.com, Example <all@example.com>'])(
  'answers go to an address alone, not to %j',
  (to) => expectFaultAt('channels.email.reply_to', { reply_to: to }),
);

test.each(['24:00', '8:00', '08:60', '08:00:00', '08:00\n', ''])('%j is no time of day', (to) =>
  expectFaultAt('channels.email.quiet_hours.to', { quiet_hours: { to } }),
);

describe('the worker', () => {
  const start = (variables: Readonly<Record<string, string>>) =>
    readEnvironment({
      DATABASE_URL: 'postgres://localhost/stipend',
      STIPEND_SECRET_KEY: newSecretKey(),
      ...variables,
    });

  test.each([
    ...badAddresses.map(([trick, address]) => [trick, `Example <${address}>`] as const),
    ...badNames.map(([trick, name]) => [`a name with ${trick}`, `${name} <hello@example.com>`] as const),
  ])('does not start with a sender that is %s, and names MAIL_FROM', (_trick, from) =>
    expect(() => start({ MAIL_FROM: from })).toThrow(/^The worker cannot start\.\nMAIL_FROM: /),
  );

  test.each(['https://example.com/\r\nBcc: eve@example.com', 'https://exa mple.com', 'javascript:alert(1)'])(
    'does not start with links to %j, and names STIPEND_PUBLIC_URL',
    (url) =>
      expect(() => start({ STIPEND_PUBLIC_URL: url })).toThrow(
        /^The worker cannot start\.\nSTIPEND_PUBLIC_URL: /,
      ),
  );

  test('starts with a sender and a link that are sound: the tables above could fail', () =>
    expect(
      start({ MAIL_FROM: 'Example <hello@example.com>', STIPEND_PUBLIC_URL: 'https://example.com' }),
    ).toMatchObject({ MAIL_FROM: 'Example <hello@example.com>' }));
});
