/** Letters, marks, digits, punctuation, symbols, spaces, joiners and line breaks; no controls, no lone surrogates. */
const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}\n\r\t]*$/u;

export const isReadable = (text: string): boolean => readable.test(text);

/** Line breaks in every spelling, and the marks that turn the direction of all that follows. */
const strayFromTheLine = /[\t\r\n\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

/** A name that stands within our sentences: it changes neither their lines nor their direction. */
export const isReadableName = (text: string): boolean => isReadable(text) && !strayFromTheLine.test(text);

/** No space and no control, which addresses are read without and shown with. */
export const isUnbroken = (text: string): boolean => /^[^\s\p{C}]+$/u.test(text);
