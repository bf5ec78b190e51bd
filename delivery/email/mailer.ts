import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { type MailToSend, messageOf } from './message.ts';
import { type MailOutcome, outcomeOfSmtpError } from './smtp-outcome.ts';

/** Where mails go. */
export type Mailer = {
  readonly send: (mail: MailToSend) => Promise<MailOutcome>;
  readonly close: () => void;
};

const usualWaits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** By SMTP, over a few connections that are kept. `url` is `smtp[s]://user:password@host:port`. */
export function smtpMailer(url: string, waits: Partial<typeof usualWaits> = {}): Mailer {
  const transport = createTransport({ url, pool: true, maxConnections: 5, ...usualWaits, ...waits });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail(messageOf(mail));
        return { kind: 'delivered' };
      } catch (error) {
        return outcomeOfSmtpError(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Why the server does not take our login, null where it does; no mail is sent. Codes alone: servers repeat what they were told. */
export async function mailServerFault(url: string): Promise<string | null> {
  const transport = createTransport({ url, ...usualWaits, connectionTimeout: 5_000, socketTimeout: 5_000 });
  try {
    await transport.verify();
    return null;
  } catch (error) {
    const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
    const said = typeof responseCode === 'number' ? ` (${responseCode})` : '';
    return `${typeof code === 'string' ? code : 'unknown'}${said}`;
  } finally {
    transport.close();
  }
}

/** Into a folder, one file a mail: what the embedded default does. A repeat writes the same file. */
export function folderMailer(folder: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    send: async (mail) => {
      const { message } = await transport.sendMail(messageOf(mail));
      if (!Buffer.isBuffer(message)) throw new TypeError('the mail was not written out whole');
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${mail.id}.eml`);
      await writeFile(`${file}.part`, message);
      await rename(`${file}.part`, file);
      return { kind: 'delivered' };
    },
    close: () => transport.close(),
  };
}

/** Where nothing is set: no mail is lost in silence, its delivery says why. */
export const absentMailer: Mailer = {
  send: () =>
    Promise.resolve({
      kind: 'never',
      error: 'no mail server is set; set SMTP_URL and MAIL_FROM of the worker',
    }),
  close: () => {},
};
