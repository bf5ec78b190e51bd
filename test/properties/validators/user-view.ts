import { type ViewOccasion, userView } from '../../../domain/usage-view.ts';
import type { UserView } from '../../../domain/user-view.ts';
import type { Step, Validator } from '../play.ts';

const moneyWords = /usd|dollar|spent|held|budget|cost|cap\b|micro/i;

function occasionOf({ answer }: Step): ViewOccasion {
  if (answer.kind === 'usage') return { kind: 'running', limitedBy: answer.usage.limitedBy };
  if (answer.kind !== 'admission') return { kind: 'standing' };
  const { admission } = answer;
  switch (admission.outcome) {
    case 'admitted':
      return { kind: 'admitted', tier: admission.session.tier };
    case 'confirm':
      return { kind: 'confirm' };
    case 'refused': {
      const { limitedBy, resetsAt } = admission.refusal;
      return { kind: 'refused', by: { limit: limitedBy, resetsAt } };
    }
    default:
      return admission satisfies never;
  }
}

const moneyIn = ({ upgrade, message, ...view }: UserView, { after }: Step): string | null => {
  const text = JSON.stringify(view);
  if (moneyWords.test(text)) return text;
  // The paid plan's price is the one figure that may stand in the message.
  const said = message.replaceAll(upgrade.priceText, '').replaceAll(upgrade.url, '');
  if (/\$|€|£/.test(said) || moneyWords.test(said)) return said;
  for (const amount of after.periods.flatMap(({ spent, held }) => [spent, held])) {
    if (amount > 100 && new RegExp(`\\b${amount}\\b`).test(text)) return `${amount} in ${text}`;
  }
  return null;
};

const promisesIn = ({ month, today, percent }: UserView): string | null => {
  if (percent < 0 || percent > 100 || !Number.isInteger(percent)) return `${percent} %`;
  if (month.limit === null || month.remaining === null) return null;
  if (month.remaining < 0 || month.remaining > Math.max(0, month.limit - month.used))
    return `${month.remaining} of ${month.limit} after ${month.used}`;
  if (today.remaining !== null && (today.remaining < 0 || today.remaining > month.remaining))
    return `${today.remaining} today, ${month.remaining} this month`;
  return null;
};

export const noMoneyShown: Validator = {
  name: 'no money in a user view, and no promise of more than is left',
  complaint: (step) => {
    if (!step.thorough) return null;
    const view = userView(step.after, step.context, occasionOf(step));
    return moneyIn(view, step) ?? promisesIn(view);
  },
};
