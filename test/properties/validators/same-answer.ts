import { decide } from '../asked.ts';
import type { Validator } from '../play.ts';

export const deterministic: Validator = {
  name: 'the same question of the same account is answered the same, to the last row',
  complaint: ({ asked, before, after, answer, context, thorough }) => {
    if (!thorough) return null;
    const again = decide(before, asked, context);
    if (JSON.stringify(again.answer) !== JSON.stringify(answer)) return 'another answer';
    return JSON.stringify(again.state) === JSON.stringify(after) ? null : 'another state';
  },
};

export const repeatCountsNothing: Validator = {
  name: 'a repeated call or end counts nothing',
  complaint: ({ asked, current, after }) => {
    const isRepeat = asked.kind === 'repeat_use' || (asked.kind === 'end' && asked.session.endedAt !== null);
    if (!isRepeat) return null;
    const counted = (state: typeof after): string => JSON.stringify([state.periods, state.sessions]);
    if (after.added.usageEvents.length > 0) return 'an event was added';
    return counted(after) === counted(current) ? null : 'a counter changed';
  },
};
