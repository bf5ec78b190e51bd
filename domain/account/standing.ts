/**
 * `restricted`: half the day and session caps on the economy tier, while a person looks; `under_review`: nothing new is
 * spent until they have; `suspended`: they said no.
 */
export const standings = ['good', 'restricted', 'under_review', 'suspended'] as const;
export type Standing = (typeof standings)[number];

/**
 * What can move it. `restrict` and `hold` are flags raised by evidence, `approve` and `reject` a person's word, `time_up` a
 * review that nobody decided, `recover` a re-check that no longer finds the evidence.
 */
export const standingEvents = ['restrict', 'hold', 'approve', 'reject', 'time_up', 'recover'] as const;
export type StandingEvent = (typeof standingEvents)[number];

/** Where an account stands after an event. A hold and a suspension are lifted by a person only. */
export function nextStanding(standing: Standing, event: StandingEvent): Standing {
  switch (event) {
    case 'restrict':
      return standing === 'good' ? 'restricted' : standing;
    case 'hold':
      return standing === 'suspended' ? standing : 'under_review';
    case 'approve':
      return 'good';
    case 'reject':
      return standing === 'good' ? standing : 'suspended';
    case 'time_up':
      return standing;
    case 'recover':
      return standing === 'restricted' ? 'good' : standing;
    default:
      return event satisfies never;
  }
}
