const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands between tags and in quoted attributes of HTML. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => replacements[character] ?? '');
