import {
  about,
  clockTime,
  count,
  emailAddress,
  mailSender,
  percent,
  ratio,
  section,
  sectionOrNone,
  timeSpan,
  yesOrNo,
} from './knobs.ts';

/** Which heavy users are worth a call, and on which ways users are told. */

const offer = sectionOrNone({
  sessions: count.default(5).meta(about('Extra sessions that the offer gives', 5, 'sessions')),
  lasts: timeSpan.default('P14D').meta(about('How long it stands', 'P14D', 'time')),
});

export const growthDocument = section({
  streak: count.default(3).meta(about('Periods in a row that a power user reached the limit', 3)),
  duration_ratio: ratio
    .default(3)
    .meta(about("Their sessions are this many times as long as the app's median", 3)),
  upgrade_views: count.default(2).meta(about('Visits of the upgrade page that show interest', 2)),
  holdout: percent
    .prefault('0%')
    .meta(
      about(
        'Share of users, chosen by hash, who meet the limit without the ladder, to compare with',
        '10%',
        '%',
      ),
    ),
  offer: offer.default(null).meta(about('What a power user is offered; null: nothing', null)),
});

const quietHours = sectionOrNone({
  from: clockTime.default('22:00').meta(about('From here no e-mail is sent', '22:00')),
  to: clockTime.default('08:00').meta(about('From here they are sent, those that waited first', '08:00')),
});

const email = section({
  enabled: yesOrNo.default(false).meta(about('Send notices by e-mail', false)),
  from: mailSender
    .nullable()
    .default(null)
    .meta(about('Sender of e-mails; null: MAIL_FROM of the worker', 'Example <hello@example.com>')),
  reply_to: emailAddress.nullable().default(null).meta(about('Where answers go', 'help@example.com')),
  quiet_hours: quietHours
    .default(null)
    .meta(about("Hours of the user's clock in which no e-mail is sent; null: none", null)),
});

const webhook = section({
  enabled: yesOrNo.default(true).meta(about("Send notices to the app's webhook endpoint", true)),
});

export const channelsDocument = section({
  email: email.prefault({}),
  webhook: webhook.prefault({}),
  inbox: yesOrNo.default(true).meta(about("Keep notices in the user's inbox", true)),
});
