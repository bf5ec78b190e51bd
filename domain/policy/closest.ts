/** How many letters must be added, dropped, changed or swapped with their neighbour to make one word of another. */
function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const at = (up: number, left: number): number => rows[i - up]?.[j - left] ?? Infinity;
      row.push(
        Math.min(
          at(1, 0) + 1,
          (row[j - 1] ?? Infinity) + 1,
          at(1, 1) + same,
          swapped ? at(2, 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(row);
  }
  return rows[from.length]?.[to.length] ?? Infinity;
}

const longestCompared = 60;

/** The known word that a misspelt one was probably meant to be; null where none is near. */
export function closestTo(word: string, known: readonly string[]): string | null {
  if (word.length > longestCompared) return null;
  const [best] = known
    .map((candidate) => ({ candidate, steps: distance(word.toLowerCase(), candidate) }))
    .sort((left, right) => left.steps - right.steps);
  // A word of which every letter must change was not meant, however short it is.
  const most = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));
  return best !== undefined && best.steps <= most ? best.candidate : null;
}
