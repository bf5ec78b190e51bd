import { expect, test } from 'vitest';
import { messageIn, situations } from './situations.ts';

const paid = 'Pro ($12.50 a month) gives you: Unlimited sessions · The strongest model at all times.';

test.each([
  ['clear', '3 of 10 AI sessions used. Your allowance resets on 1 December.'],
  ['indicator', '7 of 10 AI sessions used. Your allowance resets on 1 December.'],
  [
    'indicator, use of AI leads',
    '3 of 10 AI sessions used. That took a lot of AI: 75% of your free allowance is used. Your allowance resets on 1 December.',
  ],
  ['nudge', `9 of 10 AI sessions used, 1 left. Your allowance resets on 1 December. ${paid}`],
  [
    'nudge, admitted on the economy model',
    `9 of 10 AI sessions used, 1 left. Your allowance resets on 1 December. This session uses the economy model. ${paid}`,
  ],
  [
    'confirm the last session',
    `This would be your last free AI session: 10 of 10. Your allowance resets on 1 December. It would use the economy model. ${paid} Do you want to start it?`,
  ],
  [
    'confirm, use of AI leads',
    `You are close to the end of your free allowance: 96% is used. Your allowance resets on 1 December. ${paid} Do you want to start it?`,
  ],
  [
    'last session of the period admitted',
    `This is your last free AI session: 10 of 10. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'last session of the day admitted',
    `This is your last AI session today: 3 of 3. You can start the next one from 25 November. 5 of 10 AI sessions used. ${paid}`,
  ],
  [
    'month',
    `You have used all your free AI sessions: 10 of 10. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'usage',
    `6 of 10 AI sessions used. These sessions used more AI than the free plan includes. Your allowance resets on 1 December, and you can start new sessions then. ${paid}`,
  ],
  [
    'usage, of the day',
    `3 of 10 AI sessions used. Today’s sessions used more AI than the free plan includes in a day. You can go on from 25 November. ${paid}`,
  ],
  ['day', `3 of 3 AI sessions used today. You can start the next one from 25 November. ${paid}`],
  [
    'concurrent',
    `2 of 2 AI sessions running at once. End one to start another. One that stays idle ends by itself on 24 November at 11:30. ${paid}`,
  ],
  [
    'probation',
    `New accounts start with 2 AI sessions, and 2 are used. From 24 November at 12:12 your whole free allowance is yours. ${paid}`,
  ],
  [
    'session',
    `This AI session has reached the size that the free plan includes. End it and start a new one to go on. ${paid}`,
  ],
  [
    'restricted',
    '3 of 10 AI sessions used. Your allowance resets on 1 December. While a person takes a quick look at this account, it has fewer sessions and the economy model.',
  ],
  [
    'review',
    'We are taking a quick look at this account, so no new AI sessions can start for now. A person decides, and you can go on as soon as they approve.',
  ],
  [
    'suspended',
    'This free account is suspended, and no new AI sessions can start. If you think that is a mistake, please contact support.',
  ],
])('in English, %s', (name, message) => expect(messageIn('en', situations[name] ?? {})).toBe(message));
