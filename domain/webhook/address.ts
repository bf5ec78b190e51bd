import ipaddr from 'ipaddr.js';
import type { AppMode } from '../app-mode.ts';
import { isUnbroken } from '../readable-text.ts';

/** Ranges of ipaddr.js that a sandbox may reach as well: this machine and its network. */
const sandboxRanges: ReadonlySet<string> = new Set(['unicast', 'loopback', 'private', 'uniqueLocal']);
const liveRanges: ReadonlySet<string> = new Set(['unicast']);

/** Where clouds tell instances their secrets, outside the link-local range. */
const metadataAddresses: ReadonlySet<string> = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16']);
const metadataNames = /^(metadata(\.google\.internal|\.goog)?|instance-data(\.ec2\.internal)?)$/;

/** Names that only a machine or its own network knows (RFC 6761, 6762, 8375, and what ICANN keeps for private use). */
const privateNames = /(^|\.)(localhost|localdomain|local|internal|lan|intranet|home\.arpa)$/;

/** Ports of services that speak first or take anything: mail, shells, databases. */
const forbiddenPorts: ReadonlySet<number> = new Set([
  19, 21, 22, 23, 25, 53, 110, 135, 139, 143, 389, 445, 465, 587, 993, 995, 2049, 3306, 5432, 6379, 9200,
  11211, 27017,
]);

/** All of IPv6 that is given out so far (RFC 4291). What ipaddr.js has no range for is "unicast" to it, `::127.0.0.1` as well. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const range = address.range();
  const isGivenOut = address instanceof ipaddr.IPv4 || address.match(globalUnicast);
  return range === 'unicast' && !isGivenOut ? 'reserved' : range;
}

/**
 * Whether nothing may be sent to an address. A mapped IPv4 address is judged as the IPv4 address that it is; NAT64, 6to4 and
 * Teredo, which carry one as well, are ranges of their own and refused whole.
 */
export function isForbiddenAddress(address: string, mode: AppMode): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (metadataAddresses.has(parsed.toString())) return true;
  const allowed = mode === 'sandbox' ? sandboxRanges : liveRanges;
  return !allowed.has(rangeOf(parsed));
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** The address that a URL names by figures, null where it names a host. Short, octal and hexadecimal forms are made whole by the URL itself. */
function literalAddress({ hostname }: URL): string | null {
  const address = bare(hostname);
  return ipaddr.isValid(address) ? address : null;
}

/** Whether a name could be one of the public DNS: of several parts, none of them empty. */
const isPublicName = (host: string): boolean => /^[^.]+(\.[^.]+)+$/.test(host) && !privateNames.test(host);

/** What is wrong with an endpoint's address, as words that follow its name; null: nothing that can be seen before it is looked up. */
export function addressFault(text: string, mode: AppMode): string | null {
  if (text !== '' && !isUnbroken(text)) return 'must not hold spaces or control characters';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'must be an address such as https://example.com/stipend';
  }
  if (url.protocol !== 'https:' && !(mode === 'sandbox' && url.protocol === 'http:'))
    return mode === 'live' ? 'must be https for a live app' : 'must be an http or https address';
  if (url.username !== '' || url.password !== '') return 'must not hold a name or password';
  if (url.port !== '' && forbiddenPorts.has(Number(url.port)))
    return `must not lead to port ${url.port}, which belongs to another service`;
  // With a dot at its end a name is the same name.
  const host = url.hostname.replace(/\.$/, '');
  if (metadataNames.test(host)) return 'must not lead to a cloud’s metadata';
  const literal = literalAddress(url);
  if (literal !== null && isForbiddenAddress(literal, mode))
    return `must not lead to ${literal}, which is not a public address`;
  if (mode === 'live' && literal === null && !isPublicName(host))
    return `must name a public host, not ${url.hostname}`;
  return null;
}
