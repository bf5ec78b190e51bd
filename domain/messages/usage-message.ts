import { limitMessage } from './limit-message.ts';
import { type MessageFacts, type Phrases, type ViewShown, phrasesOf, withPaidPlan } from './phrases.ts';

function question(view: ViewShown, facts: MessageFacts, phrases: Phrases): string {
  const { say, resets, economy } = phrases;
  const { used, limit } = view.month;
  const isLast = used + 1 >= limit && facts.lead === 'sessions';
  const what = isLast
    ? say('would_be_last', { used: used + 1, limit })
    : say('close_to_end', { share: view.percent / 100 });
  return withPaidPlan([what, resets(), ...economy('economy_asked')], view, say, [say('start_it')]);
}

/** What is left, where nothing refuses; from the nudge on, and where the last session runs, with the paid plan. */
function standing(view: ViewShown, facts: MessageFacts, phrases: Phrases): string {
  const { say, used, resets, back, dayEnds, economy } = phrases;
  const { month, today, stage } = view;
  const tier = facts.about === 'admitted' ? economy('economy_now') : economy('economy_next');
  const share = view.percent / 100;
  const nothingLeft = month.remaining === 0;
  if (nothingLeft) {
    const which =
      month.used >= month.limit
        ? [say('last', { used: month.used, limit: month.limit })]
        : [used(), say('took_much', { share })];
    const running = facts.about === 'admitted' ? tier : [];
    return withPaidPlan([...which, ...running, back()], view, say);
  }
  if (today.limit !== null && today.used >= today.limit) {
    const last = say('last_today', { used: today.used, limit: today.limit });
    return withPaidPlan([last, say('next_from', { when: dayEnds() }), used(), ...tier], view, say);
  }
  if (stage === 'clear') return [used(), resets(), ...tier].join(' ');
  const tookMuch = facts.lead === 'usage' ? [say('took_much', { share })] : [];
  if (stage === 'indicator') return [used(), ...tookMuch, resets(), ...tier].join(' ');
  const left = say('used_and_left', { used: month.used, limit: month.limit, left: month.remaining });
  const what = facts.lead === 'usage' ? [used(), ...tookMuch] : [left];
  return withPaidPlan([...what, resets(), ...tier], view, say);
}

/**
 * What the user reads: which limit, used and limit, when it resets, what happens then and what the paid plan gives.
 * Never an amount of money but the paid plan's own price.
 */
export function usageMessage(view: ViewShown, facts: MessageFacts): string {
  const phrases = phrasesOf(view, facts);
  if (view.limitedBy !== null) return limitMessage(view.limitedBy, view, facts, phrases);
  // An account that waits for a person is told so even where nothing else would refuse.
  if (view.stage === 'review') return phrases.say('limit_review');
  if (view.stage === 'suspended') return phrases.say('limit_suspended');
  return facts.about === 'confirm' ? question(view, facts, phrases) : standing(view, facts, phrases);
}
