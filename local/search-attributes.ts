import { freeTierSearchAttributes } from '../domain/search-attributes.ts';

const asTheCliSpellsIt = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();

/** `--search-attribute` flags of the development server. */
export const searchAttributeFlags: readonly string[] = Object.entries(freeTierSearchAttributes).flatMap(
  ([name, type]) => ['--search-attribute', `${name}=${asTheCliSpellsIt(type)}`],
);
