import { createHash } from 'node:crypto';
import { type PolicyVersion, policyVersion } from '../domain/ids.ts';
import { canonicalText } from '../domain/policy/canonical.ts';
import { type PolicyDocument, policyDocument } from '../domain/policy/document.ts';
import { type PolicyTerms, termsOfPolicy } from '../domain/policy/terms.ts';
import type { Queryable } from './pool.ts';

/** A policy's version is its content: what says the same is the same version, in every app and database. */
export function versionOf(document: PolicyDocument): PolicyVersion {
  const content = canonicalText(document);
  return policyVersion(`pol_${createHash('sha256').update(content).digest('hex').slice(0, 16)}`);
}

async function findPolicy(db: Queryable, version: PolicyVersion): Promise<PolicyTerms | null> {
  const { rows } = await db.query<{ document: unknown }>({
    name: 'find-policy',
    text: 'select document from policies where version = $1 limit 1',
    values: [version],
  });
  return rows[0] === undefined ? null : termsOfPolicy(policyDocument.parse(rows[0].document));
}

/** Policy versions never change, so what was read once stays true. */
export type PolicyCache = {
  readonly read: (version: PolicyVersion) => PolicyTerms;
  readonly fetch: (versions: readonly PolicyVersion[]) => Promise<void>;
};

export function createPolicyCache(db: Queryable): PolicyCache {
  const known = new Map<PolicyVersion, PolicyTerms>();
  return {
    read: (version) => {
      const terms = known.get(version);
      if (terms === undefined) throw new RangeError(`policy ${version} was not fetched`);
      return terms;
    },
    fetch: async (versions) => {
      for (const version of versions.filter((candidate) => !known.has(candidate))) {
        const terms = await findPolicy(db, version);
        if (terms === null) throw new RangeError(`policy ${version} is not in the ledger`);
        known.set(version, terms);
      }
    },
  };
}
