import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type MailServer = {
  readonly url: string;
  readonly mails: readonly ParsedMail[];
  /** What it answers to `step` from now on; null: it takes everything. */
  readonly answer: (step: 'RCPT' | 'DATA' | 'MAIL', code: number | null, text?: string) => void;
  /** Never answers to DATA, or breaks the connection off when the mail is there. */
  readonly behave: (as: 'well' | 'hanging' | 'breaking') => void;
  readonly stop: () => Promise<void>;
};

/** A mail server on this machine that keeps what it is sent, and fails as it is told. */
export async function startMailServer(): Promise<MailServer> {
  const mails: ParsedMail[] = [];
  const answers = new Map<string, { code: number; text: string }>();
  let manner: 'well' | 'hanging' | 'breaking' = 'well';
  const told = (step: string): Error | null => {
    const said = answers.get(step);
    return said === undefined ? null : Object.assign(new Error(said.text), { responseCode: said.code });
  };
  const sockets = new Set<{ destroy: () => void }>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onMailFrom: (_address, _session, done) => done(told('MAIL')),
    onRcptTo: (_address, _session, done) => done(told('RCPT')),
    onData: (stream, _session, done) => {
      const taken = (_error: unknown, mail: ParsedMail): void => {
        mails.push(mail);
        if (manner === 'well') done(told('DATA'));
        if (manner === 'breaking') for (const socket of sockets) socket.destroy();
      };
      simpleParser(stream, taken);
    },
  });
  server.on('error', () => {});
  server.server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    answer: (step, code, text = 'as the test asked') =>
      void (code === null ? answers.delete(step) : answers.set(step, { code, text })),
    behave: (as) => {
      manner = as;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
