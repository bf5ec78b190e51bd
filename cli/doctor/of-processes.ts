import { type Finding, failed, warned, well } from './finding.ts';

/** `Date` is told in whole seconds. */
const mostSkewMs = 3_000;

const names = { api: 'API', worker: 'worker' } as const;
export type ProcessName = keyof typeof names;

const secondsInWords = (ms: number): string => `${Math.round(Math.abs(ms) / 1_000)} s`;

/** Its clock by the answer's `Date`; null where that says nothing. */
function clockFault(about: string, response: Response): Finding | null {
  const told = Date.parse(response.headers.get('date') ?? '');
  const skew = told + 500 - Date.now();
  if (Number.isNaN(told) || Math.abs(skew) <= mostSkewMs) return null;
  return warned(
    `clock of the ${about}`,
    `differs from this host's by ${secondsInWords(skew)}`,
    'Run NTP on both hosts: webhooks are signed with the worker’s time, and receivers refuse those that are five minutes off.',
  );
}

/** A process by what its `/readyz` answers `within` so many milliseconds. */
export async function examineProcess(
  name: ProcessName,
  url: string | undefined,
  within: number,
): Promise<readonly Finding[]> {
  const about = names[name];
  if (url === undefined)
    return [{ about, level: 'ok', found: 'was not looked at', fix: `Name it with --${name} to look.` }];
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(within) });
    const words = (await response.text()).trim();
    const clock = clockFault(about, response);
    return [
      response.ok
        ? well(about, `${url} is ready`)
        : failed(about, `${url} answers ${response.status}: ${words}`, 'Its log says more.'),
      ...(clock === null ? [] : [clock]),
    ];
  } catch {
    return [failed(about, `${url} does not answer`, `Start it, or name another with --${name}.`)];
  }
}
