import { readFileSync } from 'node:fs';

/** One conversation of the Mooncake trace. */
export type TracedConversation = { readonly startMs: number; readonly turns: number };
/** One request of the Azure trace. */
export type TracedRequest = { readonly inputTokens: number; readonly outputTokens: number };

/** The Mooncake trace is one hour long. */
export const traceLengthMs = 3_600_000;

function numbers(file: string): readonly (readonly [number, number])[] {
  const text = readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [first, second] = line.split(',').map(Number);
      return [first ?? 0, second ?? 0];
    });
}

export const readConversations = (): readonly TracedConversation[] =>
  numbers('mooncake-conversations.csv').map(([startMs, turns]) => ({ startMs, turns }));

/** Cheapest first, by input and five times output: the ratio of their prices. */
export const readRequests = (): readonly TracedRequest[] =>
  numbers('azure-requests.csv')
    .map(([inputTokens, outputTokens]) => ({ inputTokens, outputTokens }))
    .sort((a, b) => a.inputTokens + 5 * a.outputTokens - (b.inputTokens + 5 * b.outputTokens));
