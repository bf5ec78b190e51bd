const isHolder = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * Where a body names `__proto__`, null where it does not. Schemas of records pass over that name in silence; a request
 * that carries it is refused instead. A list of what is still to be looked at, since bodies may be nested deeply.
 */
export function findPrototypeKey(body: unknown): readonly string[] | null {
  const waiting: { readonly value: object; readonly path: readonly string[] }[] = [];
  if (isHolder(body)) waiting.push({ value: body, path: [] });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next;
    if (Object.hasOwn(value, '__proto__')) return [...path, '__proto__'];
    // A hundred levels are more than any request has; their path would only grow.
    if (path.length >= 100) continue;
    // Not by entries: nearly all of a thousand usage events are values that hold nothing.
    for (const key of Object.keys(value)) {
      const inner = (value as Readonly<Record<string, unknown>>)[key];
      if (isHolder(inner)) waiting.push({ value: inner, path: [...path, key] });
    }
  }
  return null;
}
