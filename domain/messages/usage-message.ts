import type { Instant } from '../instant.ts';
import type { UserView } from '../user-view.ts';
import { dateInWords, timeInWords } from './dates.ts';

export type MessageSetting = {
  readonly locale: string;
  readonly timeZone: string;
  /** The silent dimension is used up while sessions are left: say so without a figure. */
  readonly usageLeads: boolean;
  readonly liftedAt: Instant | null;
};

const count = (sessions: number): string => (sessions === 1 ? '1 AI session' : `${sessions} AI sessions`);

/** What the user reads: which limit, used and limit, when it resets and what the paid plan gives. English for now. */
export function usageMessage(view: Omit<UserView, 'message'>, setting: MessageSetting): string {
  const { month, today, upgrade } = view;
  const resetDate = dateInWords(month.resetsAt, 'en', setting.timeZone);
  const used = `${month.used} of ${count(month.limit)} used`;
  const resets = `Your allowance resets on ${resetDate}.`;
  const paid = `${upgrade.plan} (${upgrade.priceText}) lifts this limit: ${upgrade.url}`;
  const lifted = setting.liftedAt === null ? '' : timeInWords(setting.liftedAt, 'en', setting.timeZone);
  switch (view.limitedBy) {
    case 'suspended':
      return 'This free account has been suspended. Please contact support.';
    case 'review':
      return 'We are taking a quick look at this account. You can go on as soon as a person has approved it.';
    case 'month':
      return `${used}. ${resets} ${paid}`;
    case 'usage':
      return `These sessions used more AI than the free plan includes. You can start again on ${lifted === '' ? resetDate : lifted}. ${paid}`;
    case 'day':
      return `${today.used} of ${count(today.limit ?? 0)} used today. The next one is free from ${lifted}. ${paid}`;
    case 'concurrent':
      return 'Another session is still running. Finish it, or wait until it has been idle for a while, and start again.';
    case 'probation':
      return `New accounts start with a few sessions. You can go on from ${lifted}.`;
    case 'session':
      return 'This session has reached its size. Start a new one to go on.';
    case null:
      break;
    default:
      return view.limitedBy satisfies never;
  }
  if (view.stage === 'confirm' && month.remaining === 0)
    return `This is your last session: ${used}. ${resets} ${paid}`;
  if (view.stage === 'confirm') {
    return setting.usageLeads || month.remaining > 1
      ? `You are close to the end of your free allowance. ${resets} Start anyway?`
      : `This would be your last session of ${month.limit}. ${resets} Start it?`;
  }
  if (today.remaining === 0 && today.limit !== null)
    return `${used}. That was the last one for today. ${resets}`;
  return `${used}. ${resets}`;
}
