import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { AppMode } from '../domain/app-mode.ts';
import { isForbiddenAddress } from '../domain/webhook/address.ts';

/** Looks a host up once and hands on an address that was judged: what is connected to is what was looked at. */
const judgedLookup =
  (mode: AppMode): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { all: true }, (error, addresses: readonly LookupAddress[]) => {
      if (error !== null) return callback(error, '', 0);
      // One forbidden address among several is a trick, not a mistake.
      const forbidden = addresses.find(({ address }) => isForbiddenAddress(address, mode));
      const [first] = addresses;
      if (forbidden !== undefined || first === undefined) {
        const reason =
          forbidden === undefined ? 'has no address' : `leads to ${forbidden.address}, which is not public`;
        return callback(new Error(`${hostname} ${reason}`), '', 0);
      }
      // Node asks for all of them where it tries several at a time.
      return options.all === true
        ? callback(null, [...addresses])
        : callback(null, first.address, first.family);
    });
  };

const connectWithinMs = 3_000;
const headersWithinMs = 10_000;
const bodyWithinMs = 2_000;

const agentFor = (mode: AppMode): Agent =>
  new Agent({
    connect: { lookup: judgedLookup(mode), timeout: connectWithinMs },
    // No bound of their own: many endpoints share a host, and one that hangs must not hold the others' connections. The
    // dispatcher's shares bound them.
    connections: null,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    headersTimeout: headersWithinMs,
    bodyTimeout: bodyWithinMs,
  });

/** Connections to endpoints, kept apart by what they may reach. */
export const agents: Readonly<Record<AppMode, Agent>> = {
  sandbox: agentFor('sandbox'),
  live: agentFor('live'),
};
