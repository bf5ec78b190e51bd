import { Command } from 'commander';
import {
  type ListedKey,
  type Scope,
  issueApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
} from '../ledger/api-keys.ts';
import type { AppMode } from '../domain/app-mode.ts';
import type { AppId } from '../domain/ids.ts';
import { instant } from '../domain/instant.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type AppOptions, appOf, withAppOption, withLedger } from './database.ts';
import { Fault } from './fault.ts';
import { operator } from './operator.ts';
import { spanOf } from './span.ts';
import { asTable } from './table.ts';
import { instantInWords } from './words.ts';

type KeyOwner = { readonly appId: AppId | null; readonly mode: AppMode };

const at = (value: number | null, otherwise: string): string =>
  value === null ? otherwise : instantInWords(instant(value));

function stateOf({ revokedAt, expiresAt }: ListedKey): string {
  if (revokedAt !== null) return `revoked ${at(revokedAt, '')}`;
  if (expiresAt === null) return 'in force';
  return expiresAt <= Date.now() ? `expired ${at(expiresAt, '')}` : `until ${at(expiresAt, '')}`;
}

type KeyOptions = AppOptions & { readonly admin?: boolean };

/** Whose keys: an app's or, with --admin, those of administrators, which belong to none. */
async function ownerOf(ledger: Ledger, options: KeyOptions): Promise<KeyOwner> {
  if (options.admin !== true) return appOf(ledger, options);
  if (options.app !== undefined) throw new Fault('--admin keys belong to no app; leave --app out.');
  return { appId: null, mode: 'live' };
}

async function list(options: KeyOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await ownerOf(ledger, options);
    const keys = await listApiKeys(ledger.pool, appId);
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

type CreateOptions = KeyOptions & {
  readonly scope?: readonly string[];
  readonly name: string;
  readonly expires?: string;
};

function scopesOf(names: readonly string[] | undefined, isAdmin: boolean): readonly Scope[] {
  if (isAdmin && names !== undefined)
    throw new Fault('--admin is a scope of its own; leave --scope out, or --admin.');
  if (isAdmin) return ['admin'];
  if (names === undefined) return ['app'];
  const unknown = names.find((name) => name !== 'app' && name !== 'growth');
  if (unknown !== undefined) throw new Fault(`--scope "${unknown}" is none; write app, growth or both.`);
  return names.filter((name): name is 'app' | 'growth' => name === 'app' || name === 'growth');
}

async function create({ scope, name, expires, ...options }: CreateOptions): Promise<void> {
  const scopes = scopesOf(scope, options.admin === true);
  const expiresAt = expires === undefined ? null : Date.now() + spanOf('--expires', expires);
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await ownerOf(ledger, options);
    const { secret } = await issueApiKey(ledger.pool, { appId, mode, scopes, name, expiresAt }, operator());
    console.log(secret);
    console.error('This is shown once; only its hash is kept.');
  });
}

const unknownKey = (key: string, { admin }: KeyOptions): Fault =>
  new Fault(
    admin === true
      ? `There is no admin key "${key}" in force; \`stipend key list --admin\` shows those there are.`
      : `The app has no key "${key}" in force; \`stipend key list\` shows those there are.`,
  );

async function rotate(key: string, options: KeyOptions & { readonly overlap: string }): Promise<void> {
  const overlapMs = spanOf('--overlap', options.overlap);
  await withLedger(options, async (ledger) => {
    const { appId, mode } = await ownerOf(ledger, options);
    const made = await rotateApiKey(ledger.pool, { appId, keyId: key, mode }, overlapMs, operator());
    if (made === null) throw unknownKey(key, options);
    console.log(made.issued.secret);
    console.error(
      `This is shown once. The key before it works until ${at(made.previous.expiresAt, 'it is revoked')}.`,
    );
  });
}

async function revoke(key: string, options: KeyOptions): Promise<void> {
  await withLedger(options, async (ledger) => {
    const { appId } = await ownerOf(ledger, options);
    if (!(await revokeApiKey(ledger.pool, { appId, keyId: key }, operator()))) throw unknownKey(key, options);
    console.log(`${key} is revoked; API processes forget it within ten seconds.`);
  });
}

const withKeyOptions = (command: Command): Command =>
  withAppOption(command).option('--admin', 'keys of administrators, which make apps and keys');

export const keyCommand = (): Command =>
  new Command('key')
    .description('The API keys of an app, or of administrators.')
    .addCommand(
      withKeyOptions(new Command('list'))
        .description('Lists keys, those that are over included; never a secret.')
        .action(list),
    )
    .addCommand(
      withKeyOptions(new Command('create'))
        .description('Makes a key and shows its secret once, alone on the standard output.')
        .option('--scope <scopes...>', 'app, growth or both (default: app)')
        .option('--name <name>', 'where it is used', '')
        .option('--expires <span>', 'how long it lives, such as P90D (default: until it is revoked)')
        .action(create),
    )
    .addCommand(
      withKeyOptions(new Command('rotate'))
        .argument('<key>', 'its id, as the list shows it')
        .description('Makes a key in the place of one, which works on for the overlap.')
        .option('--overlap <span>', 'how long', 'PT24H')
        .action(rotate),
    )
    .addCommand(
      withKeyOptions(new Command('revoke'))
        .argument('<key>', 'its id, as the list shows it')
        .description('Ends a key at once.')
        .action(revoke),
    );
