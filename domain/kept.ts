/**
 * Remembers what was made for the last `limit` keys: formatters cost 50 to 600 µs to make and up to 45 kB to hold, and
 * keys come from callers.
 */
export function kept<Key extends readonly (string | number)[], Made>(
  limit: number,
  make: (...key: Key) => Made,
): (...key: Key) => Made {
  const made = new Map<string, Made>();
  return (...key) => {
    const name = key.join('\n');
    const known = made.get(name);
    if (known !== undefined) return known;
    const fresh = make(...key);
    const [oldest] = made.keys();
    if (made.size >= limit && oldest !== undefined) made.delete(oldest);
    made.set(name, fresh);
    return fresh;
  };
}
