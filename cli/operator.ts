import { userInfo } from 'node:os';

/** Who an act of this command is signed by in the audit. */
export const operator = (): string => `stipend command, ${userInfo().username}`;
