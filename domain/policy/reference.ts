import type { PolicyDocument } from './document.ts';

/** The reference numbers: ten sessions and two dollars a month, three sessions a day, twenty cents a session. */
export const referencePolicy: PolicyDocument = {
  version: 1,
  plans: {
    free: {
      sessions: { per_day: 3, per_month: 10, concurrent: 2, idle_timeout: 'PT30M' },
      budget: { per_month: 2, buffer: '20%', per_session: 0.2, per_day: null },
      period: { every: 'P1M', anchor: 'registration' },
      friction: { indicator: '70%', nudge: '85%', confirm: '95%', cutoff: '100%' },
      degrade: { at: '85%', tier: 'economy' },
      models: { standard: ['claude-sonnet-4-5'], economy: ['gpt-5-mini'] },
      probation: { for: 'PT2H', sessions: 2 },
      upgrade: {
        plan: 'Pro',
        price_text: '$12.50 a month',
        url: 'https://example.com/upgrade',
        benefits: ['Unlimited sessions', 'The strongest model at all times'],
        translations: {
          de: {
            price_text: '12,50 $ im Monat',
            benefits: ['Unbegrenzt viele Sitzungen', 'Immer das stärkste Modell'],
          },
          es: {
            price_text: '12,50 $ al mes',
            benefits: ['Sesiones ilimitadas', 'Siempre el modelo más potente'],
          },
        },
      },
    },
  },
};
