import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewPage } from '../../cli/preview/page.ts';
import { referencePlan as plan } from '../domain/reference-plan.ts';
import { runStipend } from './run-stipend.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stipend-preview-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('preview shows every step by what limits, and the resets, in every channel and language', async () => {
  const out = join(folder, 'page.html');
  const ran = await runStipend(['preview', '--policy', 'examples/policy.yaml', '--out', out]);
  expect(ran).toMatchObject({ code: 0, errors: '' });
  const page = readFileSync(out, 'utf8');
  const names = [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, name]) => name);
  expect(names).toEqual([
    ...[70, 85, 95, 100].flatMap((threshold) => [
      `nudge at ${threshold} %, limited by sessions`,
      `nudge at ${threshold} %, limited by usage`,
    ]),
    'reset soon',
    'reset',
    'review under way',
    'review rejected: suspended',
    'restricted until a person has looked',
  ]);
  expect(page.match(/<iframe sandbox /g)).toHaveLength(10 * 3);
  expect(page.match(/<h4>E-mail as text<\/h4>/g)).toHaveLength(10 * 3);
  expect(page.match(/&quot;type&quot;: &quot;allowance\./g)).toHaveLength(10 * 3);
  for (const language of ['en', 'de', 'es']) expect(page).toContain(`<article lang="${language}">`);
});

test('markup in the names of apps, users and plans is shown, not carried out', () => {
  const markup = `<script>alert("x")</script>'"><b>`;
  const words = { priceText: markup, benefits: [markup] };
  const upgrade = { ...plan.upgrade, ...words, plan: markup, translations: { de: words, es: words } };
  const shown = (name: string) =>
    previewPage({ app: { id: name, name }, user: name, plan: { ...plan, plan: name, upgrade } });
  const page = shown(markup);
  expect(page).not.toMatch(/<script|<b>/);
  // What is framed is escaped twice: as the frame's attribute, and in the mail itself.
  expect(page).toContain('&amp;lt;script&amp;gt;');
  expect(page).toContain('&lt;script&gt;alert');
});

test('a file or folder that is not there is told in one sentence', async () => {
  const nowhere = await runStipend(['preview', '--policy', 'nowhere.yaml']);
  expect(nowhere).toMatchObject({ code: 1, errors: expect.stringMatching(/^nowhere\.yaml does not exist/) });
  const unwritable = await runStipend([
    'preview',
    '--policy',
    'examples/policy.yaml',
    '--out',
    '/nowhere/page.html',
  ]);
  expect(unwritable).toMatchObject({ code: 1, errors: expect.stringMatching(/^--out .* cannot be written/) });
});
