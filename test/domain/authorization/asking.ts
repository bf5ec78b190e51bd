import type { AuthorizationAnswer } from '../../../domain/allowance/authorization.ts';
import type { AnAccount } from '../an-account.ts';

// Of claude-sonnet-4-5 a million input tokens cost 3.75 dollars at worst, written into a cache, and output tokens 15.
export const worst = 1_000 * 3.75 + 1_000 * 15;

export function admitted(account: AnAccount): string {
  const admission = account.ask(true);
  if (admission.outcome !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(admission)}`);
  return admission.session.id;
}

export function granted(answer: AuthorizationAnswer) {
  if (answer.outcome !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
  return answer.authorization;
}

export const sessionNamed = (account: AnAccount, id: string) => {
  const found = account.state.sessions.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no session ${id}`);
  return found;
};
