import { mailServerFault } from '../../delivery/email/mailer.ts';
import type { Queryable } from '../../ledger/pool.ts';
import { appsThatMail } from '../../ledger/apps-that-mail.ts';
import { type Finding, failed, warned, well } from './finding.ts';

const about = 'e-mail';

/** Whether mails would leave, where a policy asks for them. `url` is SMTP_URL. */
export async function examineMail(db: Queryable, url = process.env['SMTP_URL']): Promise<Finding> {
  const { apps, unsent } = await appsThatMail(db);
  if (apps === 0) return well(about, 'no policy in force sends any');
  if (unsent > 0)
    return warned(
      about,
      `${unsent} mails of the last day were given up, as the worker has no mail server`,
      'Set SMTP_URL, MAIL_FROM and STIPEND_PUBLIC_URL of the worker; see docs/email.md',
    );
  if (url === undefined || url === '')
    return well(about, `${apps} apps send it; SMTP_URL is not set here, so no server was asked`);
  const fault = await mailServerFault(url);
  return fault === null
    ? well(about, `${apps} apps send it, and the mail server takes our login`)
    : failed(about, `the mail server does not: ${fault}`, 'Correct SMTP_URL, or see why the server refuses.');
}
