/** The part of V8's .cpuprofile that self time needs. */
export type CpuProfile = {
  readonly nodes: ReadonlyArray<{
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }>;
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
};

export type SelfTime = { readonly name: string; readonly share: number };

const idle = new Set(['(idle)', '(root)']);

/** `node:net`, `express`, or the program's own file. */
function placeOf(url: string): string {
  if (url === '') return 'V8';
  if (url.startsWith('node:')) return url;
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
  if (inPackage?.[1] !== undefined) return inPackage[1];
  return /\/dist\/(.+)\.js$/.exec(url)?.[1] ?? url;
}

function ranked(times: ReadonlyMap<string, number>, total: number, most: number): readonly SelfTime[] {
  return [...times]
    .sort((left, right) => right[1] - left[1])
    .slice(0, most)
    .map(([name, time]) => ({ name, share: time / total }));
}

/** Where a process' working time went: by package or file, and by function. Waiting is left out. */
export function selfTimes(
  profile: CpuProfile,
  most = 40,
): { readonly places: readonly SelfTime[]; readonly functions: readonly SelfTime[] } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = nodes.get(id);
    if (frame === undefined || idle.has(frame.functionName)) continue;
    const time = profile.timeDeltas[index] ?? 0;
    const inV8 = frame.functionName.startsWith('(');
    const place = inV8 ? frame.functionName : placeOf(frame.url);
    const name = inV8
      ? frame.functionName
      : `${frame.functionName === '' ? 'anonymous' : frame.functionName} ${place}:${frame.lineNumber + 1}`;
    places.set(place, (places.get(place) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
    total += time;
  }
  return { places: ranked(places, total, most), functions: ranked(functions, total, most) };
}
