import { deliveryActivities } from '../../activities/delivery-activities.ts';
import { type Mailer, smtpMailer } from '../../delivery/email/mailer.ts';
import { appId, userId } from '../../domain/ids.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { referencePolicy } from '../../domain/policy/reference.ts';
import { readTotals } from '../../ledger/totals.ts';
import { type MailOptions, sendDueMails } from '../../worker/mail-dispatcher.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { type TestApi, type TestApp, quiet, startApi } from './product.ts';

const policy = {
  ...referencePolicy,
  channels: {
    email: {
      enabled: true,
      from: 'Example <hello@example.com>',
      reply_to: 'help@example.com',
      quiet_hours: { from: '22:00', to: '08:00' },
    },
  },
};
const noon = Date.parse('2026-11-24T12:00:00Z');

type SendOptions = {
  readonly mailer?: Mailer;
  readonly now?: number;
  readonly onAttempt?: MailOptions['onAttempt'];
};

/** An app that mails its users through a mail server, and its user `ada`, who reads German. */
export type MailingApp = {
  readonly api: TestApi;
  readonly app: TestApp;
  readonly server: MailServer;
  /** Has a threshold's nudge delivered as the account's workflow would. */
  readonly tell: (threshold: number, user?: string, of?: TestApp) => Promise<void>;
  /** Sends what is due, at noon in UTC unless told otherwise; how many it took up. */
  readonly send: (options?: SendOptions) => Promise<number>;
  readonly rows: () => Promise<any[]>;
  /** Whatever waits for its next attempt is due now. */
  readonly dueNow: () => Promise<void>;
  /** The link to unsubscribe in the first mail that came. */
  readonly unsubscribeLink: () => string;
  readonly stop: () => Promise<void>;
};

export async function startMailingApp(): Promise<MailingApp> {
  const [api, server] = await Promise.all([startApi(), startMailServer()]);
  const { ledger } = api.database;
  const app = await api.app(policy);
  const mailer = smtpMailer(server.url, {
    socketTimeout: 700,
    greetingTimeout: 700,
    connectionTimeout: 700,
  });
  await app.call('PUT', '/v1/users/ada', { email: 'ada@example.com', locale: 'de' });
  return {
    api,
    app,
    server,
    tell: async (threshold, user = 'ada', of = app) => {
      const key = { appId: appId(of.id), userId: userId(user) };
      const [totals] = await readTotals(ledger, [key]);
      const period = totals!.periods[0]!;
      const notice: Notice = { kind: 'nudge', period: period.number, threshold, dimension: 'sessions' };
      await deliveryActivities(ledger).deliverByWebhook({ ...key, period, notice });
    },
    send: (options = {}) =>
      sendDueMails({
        ledger,
        log: quiet,
        mailer: options.mailer ?? mailer,
        from: 'Stipend <stipend@example.com>',
        publicUrl: api.url,
        realNow: () => options.now ?? noon,
        ...(options.onAttempt === undefined ? {} : { onAttempt: options.onAttempt }),
      }),
    rows: async () =>
      (
        await ledger.pool.query(
          `select status, attempts, last_error, payload::text as payload,
             extract(epoch from next_attempt_at - now())::float8 as due_in
           from deliveries where app_id = $1 and channel = 'email' order by notice_id`,
          [app.id],
        )
      ).rows,
    dueNow: async () => {
      await ledger.pool.query(
        'update deliveries set next_attempt_at = now() where next_attempt_at is not null',
      );
    },
    unsubscribeLink: () =>
      /http:\/\/\S+\/v1\/unsubscribe\/[\w.-]+/.exec(server.mails[0]?.text ?? '')?.[0] ?? '',
    stop: async () => {
      mailer.close();
      await server.stop();
      await api.stop();
    },
  };
}
