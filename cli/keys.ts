import { Command } from 'commander';
import {
  type ListedKey,
  type Scope,
  issueApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '../ledger/api-keys.ts';
import { instant } from '../domain/instant.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { spanOf } from './span.ts';
import { asTable } from './table.ts';
import { instantInWords } from './words.ts';

const at = (value: number | null, otherwise: string): string =>
  value === null ? otherwise : instantInWords(instant(value));

function stateOf({ revokedAt, expiresAt }: ListedKey): string {
  if (revokedAt !== null) return `revoked ${at(revokedAt, '')}`;
  if (expiresAt === null) return 'in force';
  return expiresAt <= Date.now() ? `expired ${at(expiresAt, '')}` : `until ${at(expiresAt, '')}`;
}

async function list(options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const app = await appOf(ledger, options);
    const keys = await listApiKeys(ledger.pool, app.appId);
    const rows = keys.map((key) => [
      key.keyId,
      key.scopes.join(','),
      stateOf(key),
      at(key.lastUsedAt, 'never'),
      key.name,
    ]);
    console.log(asTable(['KEY', 'SCOPES', 'STATE', 'LAST USED', 'NAME'], rows));
  });
}

type CreateOptions = AppOptions & {
  readonly scope: readonly string[];
  readonly name: string;
  readonly expires?: string;
};

function scopesOf(names: readonly string[]): readonly Scope[] {
  const unknown = names.find((name) => name !== 'app' && name !== 'growth');
  if (unknown !== undefined) throw new Fault(`--scope "${unknown}" is none; write app, growth or both.`);
  return names.filter((name): name is 'app' | 'growth' => name === 'app' || name === 'growth');
}

async function create({ scope, name, expires, ...options }: CreateOptions): Promise<void> {
  const scopes = scopesOf(scope);
  const expiresAt = expires === undefined ? null : Date.now() + spanOf('--expires', expires);
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await appOf(ledger, options);
    const { secret } = await issueApiKey(ledger.pool, { appId, mode, scopes, name, expiresAt }, operator());
    console.log(secret);
    console.error('This is shown once; only its hash is kept.');
  });
}

const unknownKey = (key: string): Fault =>
  new Fault(`The app has no key "${key}" in force; \`stipend key list\` shows those there are.`);

async function rotate(key: string, options: AppOptions & { readonly overlap: string }): Promise<void> {
  const overlapMs = spanOf('--overlap', options.overlap);
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await appOf(ledger, options);
    const made = await rotateApiKey(ledger.pool, { appId, keyId: key, mode }, overlapMs, operator());
    if (made === null) throw unknownKey(key);
    console.log(made.issued.secret);
    console.error(
      `This is shown once. The key before it works until ${at(made.previous.expiresAt, 'it is revoked')}.`,
    );
  });
}

async function revoke(key: string, options: AppOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await appOf(ledger, options);
    if (!(await revokeApiKey(ledger.pool, { appId, keyId: key }, operator()))) throw unknownKey(key);
    console.log(`${key} is revoked; API processes forget it within ten seconds.`);
  });
}

export const keyCommand = (): Command =>
  new Command('key')
    .description('The API keys of an app.')
    .addCommand(
      withAppOption(new Command('list'))
        .description('Lists keys, those that are over included; never a secret.')
        .action(list),
    )
    .addCommand(
      withAppOption(new Command('create'))
        .description('Makes a key and shows its secret once, alone on the standard output.')
        .option('--scope <scopes...>', 'app, growth or both', ['app'])
        .option('--name <name>', 'where it is used', '')
        .option('--expires <span>', 'how long it lives, such as P90D (default: until it is revoked)')
        .action(create),
    )
    .addCommand(
      withAppOption(new Command('rotate'))
        .argument('<key>', 'its id, as the list shows it')
        .description('Makes a key in the place of one, which works on for the overlap.')
        .option('--overlap <span>', 'how long', 'PT24H')
        .action(rotate),
    )
    .addCommand(
      withAppOption(new Command('revoke'))
        .argument('<key>', 'its id, as the list shows it')
        .description('Ends a key at once.')
        .action(revoke),
    );
