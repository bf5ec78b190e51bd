/** What an author should know of a policy that is valid: `note` is information, `warning` asks for a change. */
export type Finding = {
  readonly kind: 'note' | 'warning';
  /** The knob, `plans.free.budget.buffer`. */
  readonly path: string;
  readonly text: string;
};
