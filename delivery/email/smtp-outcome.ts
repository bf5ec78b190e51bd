/** `refused`: the address itself takes no mail. */
export type MailOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly error: string }
  | { readonly kind: 'never'; readonly error: string }
  | { readonly kind: 'refused'; readonly error: string };

type SmtpError = {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
};

/** RFC 3463: 7 is policy, such as a relay that refuses us; 2.2 is a full mailbox. Neither says that there is no such address. */
const notTheAddress = /^\d{3}[ -]5\.(7\.|2\.2\b)/;

/**
 * What became of an attempt that failed. Server's words may repeat the address, so that only codes are kept. A refusal of our
 * login or sender is ours to mend, and tried again.
 */
export function outcomeOfSmtpError(error: unknown): MailOutcome {
  const { code, command, responseCode, response } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as SmtpError;
  if (typeof responseCode !== 'number' || responseCode < 400) {
    return {
      kind: 'again',
      error: `no answer from the mail server: ${typeof code === 'string' ? code : 'unknown'}`,
    };
  }
  const to = typeof command === 'string' ? ` to ${command}` : '';
  const said = `the mail server answered ${responseCode}${to}`;
  if (responseCode < 500) return { kind: 'again', error: said };
  const isAboutAddress = !notTheAddress.test(typeof response === 'string' ? response : '');
  switch (command) {
    case 'RCPT TO':
      return { kind: isAboutAddress ? 'refused' : 'never', error: said };
    case 'DATA':
      return { kind: 'never', error: said };
    default:
      return { kind: 'again', error: said };
  }
}
