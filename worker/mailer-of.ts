import { type Mailer, absentMailer, folderMailer, smtpMailer } from '../delivery/email/mailer.ts';
import type { WorkerEnvironment } from './environment.ts';

/** A mail server where one is named, else a folder, as the embedded default names one. */
export function mailerOf({ SMTP_URL: url, STIPEND_MAIL_FOLDER: folder }: WorkerEnvironment): Mailer {
  if (url !== undefined) return smtpMailer(url);
  return folder === undefined ? absentMailer : folderMailer(folder);
}
