import { freeTierSearchAttributes } from '../workflows/names.ts';

/** `--search-attribute` flags of the development server. */
export const searchAttributeFlags: readonly string[] = Object.entries(freeTierSearchAttributes).flatMap(
  ([name, type]) => ['--search-attribute', `${name}=${type}`],
);
