import { z } from 'zod';
import type { StoredNotice } from '../../domain/notice/notice.ts';
import { toTime, toTimeOrNull } from './fields.ts';

export const notice = z
  .object({
    id: z.string(),
    kind: z.enum(['nudge', 'reset', 'reset_soon']),
    threshold: z.int().optional(),
    period: z.int(),
    text: z.string(),
    created_at: z.iso.datetime(),
    seen_at: z.iso.datetime().nullable(),
    dismissed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notice' });

export const noticeToApi = (stored: StoredNotice): z.output<typeof notice> => ({
  id: stored.id,
  kind: stored.kind,
  ...(stored.threshold === null ? {} : { threshold: stored.threshold }),
  period: stored.period,
  text: stored.text,
  created_at: toTime(stored.createdAt),
  seen_at: toTimeOrNull(stored.seenAt),
  dismissed_at: toTimeOrNull(stored.dismissedAt),
});
