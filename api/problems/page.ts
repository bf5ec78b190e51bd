import { type ProblemCode, catalogue } from './catalogue.ts';
import { explanations } from './explanations.ts';

const section = (code: ProblemCode): string =>
  `<h2 id="${code}">${code}</h2><p><strong>${catalogue[code].status}</strong> ${catalogue[code].title}.</p><p>${explanations[code]}</p>`;

/** What the `type` of a problem document points at. */
export function problemsPage(): string {
  const sections = (Object.keys(catalogue) as ProblemCode[]).map(section).join('\n');
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stipend: problems</title></head>
<body style="font: 16px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem">
<h1>Problems</h1>
<p>Errors are problem documents (RFC 9457). Limits carry the problem types of the HTTP RateLimit draft.</p>
${sections}
</body>
</html>`;
}

/** The same as Markdown, kept in docs/problems.md. */
export function problemsMarkdown(): string {
  const sections = (Object.keys(catalogue) as ProblemCode[]).map(
    (code) =>
      `## ${code}\n\n**${catalogue[code].status}** ${catalogue[code].title}.\n\n${explanations[code]}\n`,
  );
  return `# Problems

Errors are problem documents (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\` and, where a field is at fault, \`errors\`
with a JSON pointer for each. A refused session is a problem too; its types are those of the HTTP RateLimit draft:
\`quota-exceeded\` (day, month, usage, probation), \`temporary-reduced-capacity\` (concurrent) and
\`abnormal-usage-detected\` (review, suspended), with \`limited_by\`, \`violated_policies\` (and \`violated-policies\`, as the
draft spells it), \`resets_at\` and \`usage\`.

${sections.join('\n')}`;
}
