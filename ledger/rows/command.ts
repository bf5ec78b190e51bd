import type { Act, Command, IssuedCommand } from '../../domain/account/command.ts';
import type { Review } from '../../domain/account/state.ts';
import { instantFromRow, instantToRow } from './instant.ts';

/** `details`: the part of an act that differs by kind. */
export type CommandRow = {
  number: number;
  key: string;
  kind: Command['kind'];
  details: object;
  issued_by: string;
  note: string;
  issued_at: string;
  version: number;
};

export const commandFromRow = (row: CommandRow): Command => ({
  ...({ kind: row.kind, ...row.details } as Act),
  number: row.number,
  key: row.key,
  by: row.issued_by,
  note: row.note,
  at: instantFromRow(row.issued_at),
});

export function commandToRow(command: IssuedCommand): CommandRow {
  const { number, key, kind, by, note, at, version, ...details } = command;
  return { number, key, kind, details, issued_by: by, note, issued_at: instantToRow(at), version };
}

export const reviewToRow = (review: Review) => ({
  review_id: review.id,
  opened_at: instantToRow(review.openedAt),
  due_at: instantToRow(review.dueAt),
  score: review.score,
  signals: review.signals,
});
