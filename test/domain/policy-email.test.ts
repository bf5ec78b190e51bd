import { expect, test } from 'vitest';
import { policyDocument } from '../../domain/policy/document.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';

const withEmail = (email: object) =>
  policyDocument.safeParse({ ...referencePolicy, channels: { email: { enabled: true, ...email } } });

test.each(['hello@example.com', 'Example <hello@example.com>', 'Müller & Söhne <hello@example.com>'])(
  '%j sends e-mails',
  (from) => expect(withEmail({ from }).success).toBe(true),
);

test.each([
  'Example',
  'Example hello@example.com',
  'Example <hello@example.com',
  'Example\r\nBcc: <all@example.com>',
  'Example <hello@example.com>\nSubject: other',
  'a@example.com, b@example.com',
  'A <a@example.com>, B <b@example.com>',
  'Example <hello@example.com\r\n>',
  'Ex\u0000ample <hello@example.com>',
  'Ex\u202Eample <hello@example.com>',
])('the sender %j is refused by name', (from) => {
  expect(withEmail({ from }).error?.issues.map(({ path }) => path.join('.'))).toEqual([
    'channels.email.from',
  ]);
});

test.each(['24:00', '8:00', '08:60', '08:00:00', ''])('%j is no time of day', (to) => {
  const issues = withEmail({ quiet_hours: { to } }).error?.issues ?? [];
  expect(issues.map(({ path }) => path.join('.'))).toEqual(['channels.email.quiet_hours.to']);
});
