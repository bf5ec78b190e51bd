import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Ledger } from '../ledger/ledger.ts';
import { NoticeSignals } from '../ledger/notice-signals.ts';
import { newNotices } from '../ledger/notices.ts';
import type { AccountKey } from '../ledger/totals.ts';
import { noticeToApi } from './contract/notice.ts';
import { Problem } from './problems/problem.ts';

/** Under the usual minute after which proxies close what is silent. */
const heartbeatMs = 25_000;
/** How soon a browser comes back. */
const retryMs = 2_000;

export type StreamLimits = { readonly ofUser: number; readonly ofProcess: number };
const usualLimits: StreamLimits = { ofUser: 5, ofProcess: 2_000 };

export type InboxStreams = {
  /** @throws Problem where as many are open as there may be. */
  readonly admit: (account: AccountKey) => void;
  /** Sends what comes after a position and goes on until the caller or `close` ends it. */
  readonly open: (account: AccountKey, after: number | null, response: ServerResponse) => void;
  readonly count: () => number;
  /** Ends all of them; browsers come back, to another process. */
  readonly close: () => void;
};

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Asks nginx not to collect before it hands on.
  'x-accel-buffering': 'no',
};

type Stream = { readonly account: AccountKey; readonly end: () => void };

const isSame = (left: AccountKey, right: AccountKey): boolean =>
  left.appId === right.appId && left.userId === right.userId;

/** The streams of this process. What each has sent is a position in the ledger, so that nothing depends on a process. */
export function createInboxStreams(
  ledger: Ledger,
  log: Logger,
  { ofUser, ofProcess }: StreamLimits = usualLimits,
): InboxStreams {
  const signals = new NoticeSignals(ledger.pool);
  const streams = new Set<Stream>();

  const open: InboxStreams['open'] = (account, after, response) => {
    let last = after;
    let isReading = false;
    let isWanted = false;
    const read = async (): Promise<void> => {
      const found = await newNotices(ledger.pool, account, last);
      // Erased meanwhile.
      if (found === null) return end();
      for (const { position, notice } of found.notices)
        response.write(`id: ${position}\nevent: notice\ndata: ${JSON.stringify(noticeToApi(notice))}\n\n`);
      last = found.last;
    };
    /** One look at a time; what comes meanwhile is looked for once more. */
    const wake = (): void => {
      isWanted = true;
      if (isReading) return;
      isReading = true;
      const look = async (): Promise<void> => {
        while (isWanted && streams.has(stream)) {
          isWanted = false;
          await read();
        }
      };
      look()
        .catch((error: unknown) => {
          log.warn({ err: error }, 'a stream could not be read on; its browser comes back');
          end();
        })
        .finally(() => {
          isReading = false;
        });
    };
    const unsubscribe = signals.subscribe(account, wake);
    const heartbeat = setInterval(() => response.write(': still here\n\n'), heartbeatMs);
    const end = (): void => {
      if (!streams.delete(stream)) return;
      clearInterval(heartbeat);
      unsubscribe();
      response.end();
    };
    const stream: Stream = { account, end };
    streams.add(stream);
    response.once('close', end);
    response.writeHead(200, headers);
    response.write(`retry: ${retryMs}\n\n`);
    wake();
  };

  return {
    admit: (account) => {
      const own = [...streams].filter((stream) => isSame(stream.account, account)).length;
      if (own < ofUser && streams.size < ofProcess) return;
      const whose = own < ofUser ? `This process has ${streams.size}` : `This user has ${own}`;
      throw new Problem('too-many-streams', `${whose} open; close some, or come again later.`, {
        headers: { 'retry-after': '5' },
      });
    },
    open,
    count: () => streams.size,
    close: () => {
      for (const stream of streams) stream.end();
    },
  };
}
