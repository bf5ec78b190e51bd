/**
 * Where an account is in its free-tier life. `hibernating`: silent for a whole period, without a workflow until it is heard of;
 * `upgraded`: on a paid plan, limited by none of the free plan; `erased`: nothing is left but what it used of the period.
 */
export const lifecycles = ['active', 'hibernating', 'upgraded', 'erased'] as const;
export type Lifecycle = (typeof lifecycles)[number];

/** `heard_of`: the ledger has something to tell of it; `registered`: its id is seen for the first time since. */
export const lifecycleEvents = [
  'fell_silent',
  'heard_of',
  'upgraded',
  'downgraded',
  'erased',
  'registered',
] as const;
export type LifecycleEvent = (typeof lifecycleEvents)[number];

type Transitions = Readonly<Record<Lifecycle, Readonly<Record<LifecycleEvent, Lifecycle | null>>>>;

/** Every event in every state; null: it changes nothing. */
const transitions: Transitions = {
  active: {
    fell_silent: 'hibernating',
    heard_of: null,
    upgraded: 'upgraded',
    downgraded: null,
    erased: 'erased',
    registered: null,
  },
  hibernating: {
    fell_silent: null,
    heard_of: 'active',
    upgraded: 'upgraded',
    downgraded: null,
    erased: 'erased',
    registered: null,
  },
  upgraded: {
    fell_silent: null,
    heard_of: null,
    upgraded: null,
    downgraded: 'active',
    erased: 'erased',
    registered: null,
  },
  erased: {
    fell_silent: null,
    heard_of: null,
    upgraded: null,
    downgraded: null,
    erased: null,
    registered: 'active',
  },
};

export const nextLifecycle = (from: Lifecycle, event: LifecycleEvent): Lifecycle | null =>
  transitions[from][event];
