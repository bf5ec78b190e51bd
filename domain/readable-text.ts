/** Letters, marks, digits, punctuation, symbols, spaces, joiners and line breaks; no controls, no lone surrogates. */
const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\p{Cf}\n\r\t]*$/u;

export const isReadable = (text: string): boolean => readable.test(text);
