import { type Scope, authenticate, issueApiKey } from '../ledger/api-keys.ts';
import { createApp } from '../ledger/apps.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { referencePolicy } from '../domain/policy/reference.ts';
import type { LocalFile } from './local-file.ts';

const sandboxApp = 'sandbox';

export type SandboxKeys = Pick<LocalFile, 'api_key' | 'growth_key' | 'admin_key'>;

async function keepOrIssue({ pool }: Ledger, scope: Scope, kept: string | undefined): Promise<string> {
  const principal = kept === undefined ? null : await authenticate(pool, kept);
  if (kept !== undefined && principal?.scopes.includes(scope) === true) return kept;
  const app = scope === 'admin' ? null : sandboxApp;
  const { secret } = await issueApiKey(pool, { appId: app, mode: 'sandbox', scopes: [scope] }, 'local');
  return secret;
}

/** The sandbox app on the reference policy, and a key of each scope; keys that still work are kept. */
export async function prepareSandbox(ledger: Ledger, kept: LocalFile | null): Promise<SandboxKeys> {
  await createApp(
    ledger.pool,
    { appId: sandboxApp, name: 'Sandbox', mode: 'sandbox', policy: referencePolicy },
    'local',
  );
  return {
    api_key: await keepOrIssue(ledger, 'app', kept?.api_key),
    growth_key: await keepOrIssue(ledger, 'growth', kept?.growth_key),
    admin_key: await keepOrIssue(ledger, 'admin', kept?.admin_key),
  };
}
