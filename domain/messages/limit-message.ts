import type { LimitName } from '../allowance/limits.ts';
import { type MessageFacts, type Phrases, type ViewShown, withPaidPlan } from './phrases.ts';

/** What is said of a limit's own figures and of what lifts it; the last word, on the paid plan, is the caller's. */
function aboutLimit(
  limit: Exclude<LimitName, 'review' | 'suspended'>,
  view: ViewShown,
  facts: MessageFacts,
  { say, used, back, dayEnds, lifted }: Phrases,
): readonly string[] {
  const { month, today } = view;
  const dayUsedUp = today.limit !== null && today.used >= today.limit;
  const restricted = facts.restricted ? [say('restricted')] : [];
  switch (limit) {
    case 'month':
      return [say('limit_month', { used: month.used, limit: month.limit }), back()];
    case 'usage':
      return facts.liftedAt === today.resetsAt && facts.liftedAt !== month.resetsAt
        ? [used(), say('limit_usage_today'), say('go_on_from', { when: dayEnds() })]
        : [used(), say('limit_usage'), back()];
    case 'day':
      return [
        say('limit_day', { used: today.used, limit: today.limit ?? today.used }),
        say('next_from', { when: dayEnds() }),
        ...restricted,
      ];
    case 'concurrent': {
      const { sessions, limit: most } = facts.running;
      const what =
        sessions < most ? say('limit_held') : say('limit_concurrent', { running: sessions, limit: most });
      return [what, ...lifted('idle_ends')];
    }
    case 'probation':
      return [
        say('limit_probation', { used: month.used, limit: facts.probationSessions }),
        ...lifted('whole_from'),
      ];
    case 'session':
      if (facts.liftedAt !== null) return [say('limit_calls'), ...lifted('go_on_from')];
      if (month.remaining === 0) return [say('limit_session'), used(), back()];
      if (dayUsedUp) return [say('limit_session'), say('next_from', { when: dayEnds() })];
      return [say('limit_session'), say('start_new'), ...restricted];
    default:
      return limit satisfies never;
  }
}

/** Which limit refuses, what is used of it, when it resets and what happens then. */
export function limitMessage(
  limit: LimitName,
  view: ViewShown,
  facts: MessageFacts,
  phrases: Phrases,
): string {
  // Where a person decides, no plan is sold.
  if (limit === 'review') return phrases.say('limit_review');
  if (limit === 'suspended') return phrases.say('limit_suspended');
  return withPaidPlan(aboutLimit(limit, view, facts, phrases), view, phrases.say);
}
