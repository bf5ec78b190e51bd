import type { Authorization } from '../../domain/account/state.ts';
import { authorizationId, policyVersion, sessionId } from '../../domain/ids.ts';
import { microUsd } from '../../domain/money.ts';
import { instantFromRow, instantToRow } from './instant.ts';

export type AuthorizationRow = {
  authorization_id: string;
  session_id: string;
  model: string;
  input_tokens: number;
  output_tokens: number;
  reserved_micro_usd: number;
  authorized_at: string;
  expires_at: string;
  closed_at: string | null;
  close_reason: Authorization['close'];
  fingerprint: string;
  version: number;
  policy_version: string;
};

export const authorizationFromRow = (row: AuthorizationRow): Authorization => ({
  id: authorizationId(row.authorization_id),
  sessionId: sessionId(row.session_id),
  model: row.model,
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  reserved: microUsd(row.reserved_micro_usd),
  authorizedAt: instantFromRow(row.authorized_at),
  expiresAt: instantFromRow(row.expires_at),
  closedAt: row.closed_at === null ? null : instantFromRow(row.closed_at),
  close: row.close_reason,
  fingerprint: row.fingerprint,
  version: row.version,
  policyVersion: policyVersion(row.policy_version),
});

export const authorizationToRow = (authorization: Authorization): AuthorizationRow => ({
  authorization_id: authorization.id,
  session_id: authorization.sessionId,
  model: authorization.model,
  input_tokens: authorization.inputTokens,
  output_tokens: authorization.outputTokens,
  reserved_micro_usd: authorization.reserved,
  authorized_at: instantToRow(authorization.authorizedAt),
  expires_at: instantToRow(authorization.expiresAt),
  closed_at: authorization.closedAt === null ? null : instantToRow(authorization.closedAt),
  close_reason: authorization.close,
  fingerprint: authorization.fingerprint,
  version: authorization.version,
  policy_version: authorization.policyVersion,
});
