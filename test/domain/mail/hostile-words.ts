/** Names that would be markup, a placeholder or another header where they were taken for more than names. */
export const hostileWords: readonly (readonly [trick: string, words: string])[] = [
  ['a script', '<script>alert(1)</script>'],
  ['an image that runs', '"><img src=x onerror=alert(1)>'],
  ['an attribute in single quotes', "' onmouseover='alert(1)"],
  ['an attribute in double quotes', '" style="display:none'],
  ['the end of the title', '</title><svg onload=alert(1)>'],
  ['the end of the page', '</body></html><b>'],
  ['the end of a frame', '</iframe><iframe src=//x.example>'],
  ['a comment', '<!-- all that follows'],
  ['the end of a comment', '--><b>'],
  ['character data', '<![CDATA[ <b> ]]>'],
  ['a tag that is not closed', 'Pro <a href=//x.example'],
  ['an entity', '&lt;b&gt;Pro&lt;/b&gt;'],
  ['a bare ampersand', 'Pro & Sons &copy;'],
  ['a numbered entity', '&#60;b&#x3e;'],
  ['a script in an address', 'javascript:alert(1)'],
  ['a placeholder', '{used} of {limit}'],
  ['a formatted placeholder', '{used, number}'],
  ['a plural', '{limit, plural, one {#} other {#}}'],
  ['a placeholder of its own', '{plan} {price} {app}'],
  ['a placeholder in double braces', '{{used}}'],
  ['an opened brace', 'Pro {'],
  ['a closed brace', 'Pro } {'],
  ['quoting of ICU', "'{used}' ''"],
  ['a number sign', '# of #'],
  ['a tag of ICU', '<b>{used}</b>'],
  ['what a replacement reads', '$& $1 $` $<x>'],
  ['a template literal', '${used}'],
  ['what printf reads', '%s %d %n %(plan)s'],
  ['escapes', '\\u003cscript\\u003e \\x3cb'],
  ['JSON', '"},"text":"other'],
  ['encoded CR LF', 'Pro%0d%0aBcc: eve@x.example'],
  ['an encoded word', '=?utf-8?q?=0D=0ABcc=3A_eve?='],
  ['another header', 'Subject: other'],
  ['Markdown', '[click](javascript:alert(1)) **b** `c`'],
  ['letters from right to left', 'ברו <b> فقط'],
  ['emoji', 'Pro 🐙 <3'],
];

/** What `url` of the policy takes and HTML must not. */
export const hostileUrls: readonly (readonly [trick: string, url: string])[] = [
  ['quotes', `https://example.com/"onclick="alert(1)'x='`],
  ['a script', 'https://example.com/"><script>alert(1)</script>'],
  ['what looks like an entity', 'https://example.com/?a=1&copy=2&lt=3'],
  ['a placeholder', 'https://example.com/{used}/{url}'],
  ['what a replacement reads', 'https://example.com/$&$1'],
];

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
  '&amp;': '&',
};

/** As a browser reads text and attributes. */
export const decoded = (html: string): string =>
  html.replaceAll(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => entities[entity] ?? entity);

/** The tags of a document with the names of their attributes, in order: what a browser would make of it. */
export const skeletonOf = (html: string): readonly string[] =>
  (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/="[^"]*"/g, '=""'));

/** A harmless name of the same length: hostile words must be told as this is, word for word. */
export const harmless = (words: string): string => '☃'.repeat(words.length);
