import { failuresBeforePause } from '../../domain/webhook/attempts.ts';
import { examineWebhooks } from '../../ledger/examine-webhooks.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { secretKeys } from '../database.ts';
import { sentenceOf } from '../fault.ts';
import { type Finding, failed, warned, well } from './finding.ts';

const about = 'secret key';

/** What can be said without the ledger; null where there is a key that can be read. */
export function keyFault(): Finding | null {
  try {
    return secretKeys().length > 0
      ? null
      : warned(
          about,
          'STIPEND_SECRET_KEY is not set here',
          'API and worker do not start without it. Run this with their variables, or make one: openssl rand -base64 32; see docs/access.md',
        );
  } catch (error) {
    return failed(about, sentenceOf(error), 'Make one: openssl rand -base64 32; see docs/access.md');
  }
}

/** Whether the key that is set here is the one that the secrets of webhooks are sealed with, and how endpoints do. */
export async function examineSecrets({ pool, secrets }: Ledger): Promise<readonly Finding[]> {
  const { endpoints, unopened, unsealed, failing } = await examineWebhooks(
    pool,
    secrets,
    failuresBeforePause,
  );
  const answering = `${failing} of ${endpoints} endpoints of webhooks do not take what they are sent`;
  const ofEndpoints =
    failing === 0
      ? well('webhooks', answering)
      : warned('webhooks', answering, 'Their apps mend them: stipend webhook list, stipend delivery list');
  if (unopened > 0)
    return [
      failed(
        about,
        `the secrets of ${unopened} of ${endpoints} webhooks were sealed with another key`,
        'Put that key behind the present one (STIPEND_SECRET_KEY=new,old) and restart, or rotate their secrets: stipend webhook rotate',
      ),
      ofEndpoints,
    ];
  return [
    unsealed === 0
      ? well(about, `opens the secrets of all ${endpoints} webhooks`)
      : warned(
          about,
          `the secrets of ${unsealed} of ${endpoints} webhooks are not sealed with the first key`,
          'Restart a worker: it seals them when it starts',
        ),
    ofEndpoints,
  ];
}
