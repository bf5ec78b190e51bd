import { withAccount, withAdded } from './change.ts';
import type { Act, Command, IssuedCommand } from './command.ts';
import type { AccountState } from './state.ts';

/** Appends a command and puts it in force at once. */
export function issueCommand(
  state: AccountState,
  command: Act & Pick<Command, 'key' | 'by' | 'note' | 'at'>,
): AccountState {
  const number = state.account.lastCommand + 1;
  const numbered: Command = { ...command, number };
  const added: IssuedCommand = { ...numbered, version: state.account.version + 1 };
  const issued = withAdded(withAccount(state, { lastCommand: number }), { commands: [added] });
  return { ...issued, commands: [...issued.commands, numbered] };
}
