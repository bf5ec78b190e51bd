/** What the demo counted on its own side, through the API alone. */
export type Tally = {
  asked: number;
  admitted: number;
  confirmed: number;
  declined: number;
  calls: number;
  callsRepeated: number;
  stopped: number;
  readonly refusedBy: Map<string, number>;
};

export const newTally = (): Tally => ({
  asked: 0,
  admitted: 0,
  confirmed: 0,
  declined: 0,
  calls: 0,
  callsRepeated: 0,
  stopped: 0,
  refusedBy: new Map(),
});

export function countRefusal(tally: Tally, limit: string): void {
  tally.refusedBy.set(limit, (tally.refusedBy.get(limit) ?? 0) + 1);
}
