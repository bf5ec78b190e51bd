import { Fault } from './fault.ts';

/** The value of `--wait`. @throws Fault unless it is a whole number from 0 to 99999; `usual` is its example */
export function secondsToWait(text: string, usual: number): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Fault(`--wait "${text}" is not a number of seconds from 0 to 99999; write one such as ${usual}.`);
}
