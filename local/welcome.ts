import type { Home } from './home.ts';
import type { LocalFile } from './local-file.ts';

const whereMailsGo = ({ SMTP_URL: url }: NodeJS.ProcessEnv, home: Home): string =>
  url === undefined ? `${home.mail} (SMTP_URL is not set)` : 'the server of SMTP_URL';

export const whereItRuns = (local: LocalFile, home: Home): string => `
  API           ${local.api_url}
  Reference     ${local.api_url}/docs
  Temporal UI   ${local.temporal_ui_url ?? `that of ${local.temporal_address}`}
  API key       ${local.api_key}
  For scripts   ${home.localFile} (all keys and addresses)
  Metrics       ${local.api_url}/metrics, ${local.worker_url}/metrics
  E-mails       ${whereMailsGo(process.env, home)}
  Logs          ${home.logs}`;

export const whatNow = (local: LocalFile): string => `
Ask for a first session of the free user "ada":

  curl -X POST ${local.api_url}/v1/users/ada/sessions \\
    -H 'Authorization: Bearer ${local.api_key}'

Ctrl-C stops everything; what was stored stays.`;
