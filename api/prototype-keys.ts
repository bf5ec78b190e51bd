/**
 * Where a body names `__proto__`, null where it does not. Schemas of records pass over that name in silence; a request
 * that carries it is refused instead. A list of what is still to be looked at, since bodies may be nested deeply.
 */
export function findPrototypeKey(body: unknown): readonly string[] | null {
  const waiting: { readonly value: unknown; readonly path: readonly string[] }[] = [
    { value: body, path: [] },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return [...path, '__proto__'];
    for (const [key, inner] of Object.entries(value)) {
      // A hundred levels are more than any request has; their path would only grow.
      if (typeof inner === 'object' && path.length < 100)
        waiting.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
}
