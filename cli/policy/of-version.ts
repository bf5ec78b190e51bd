import { isPrintableId, policyVersion } from '../../domain/ids.ts';
import type { ParsedPolicy } from '../../domain/policy/document.ts';
import type { App } from '../../ledger/apps.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { listPolicyVersions, readPolicy } from '../../ledger/policy-versions.ts';
import { Fault } from '../fault.ts';

/** @throws Fault that names the versions there are. */
export async function policyOfVersion(ledger: Ledger, app: App, version: string): Promise<ParsedPolicy> {
  const policy = isPrintableId(version)
    ? await readPolicy(ledger.pool, app.appId, policyVersion(version))
    : null;
  if (policy !== null) return policy;
  const known = await listPolicyVersions(ledger.pool, app.appId, 5);
  throw new Fault(
    `The app ${app.appId} has no policy version "${version}"; its newest are ${known.map((each) => each.version).join(', ')}.`,
  );
}
