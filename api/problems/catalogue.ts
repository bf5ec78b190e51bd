/** Every error a client can meet: its status, its public sentence, and the anchor in docs/problems.md. */
export const catalogue = {
  'invalid-request': { status: 400, title: 'The request does not fit the contract' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'malformed-url': { status: 400, title: 'The address cannot be read' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'This API key may not do that' },
  'sandbox-only': { status: 403, title: 'Only sandbox apps have a test clock' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'already-decided': { status: 409, title: 'The review has been decided' },
  'authorization-reused': { status: 409, title: 'This authorization id stands for another call' },
  'app-exists': { status: 409, title: 'An app of this id exists' },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The request under this Idempotency-Key is being carried out',
  },
  'secret-shown-once': { status: 409, title: 'This was done, and its secret was shown once' },
  'session-ended': { status: 409, title: 'The session has ended' },
  'too-many-modifiers': { status: 409, title: 'The user has as many grants and overrides as there may be' },
  'too-many-webhooks': { status: 409, title: 'The app has as many webhook endpoints as it may' },
  'usage-event-reused': { status: 409, title: 'This usage event id stands for another event' },
  'body-too-large': { status: 413, title: 'The body is larger than 1 MB' },
  'unsupported-media-type': { status: 415, title: 'Send application/json' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with another request' },
  'too-many-failures': { status: 429, title: 'Too many keys from this address were wrong' },
  'too-many-streams': { status: 429, title: 'As many streams are open as there may be' },
  'model-not-in-tier': { status: 422, title: 'The model is not part of this session’s tier' },
  'unknown-model': { status: 422, title: 'The price of this model is not known' },
  'unknown-plan': { status: 422, title: 'The policy has no such plan' },
  'contradicting-limits': { status: 422, title: 'The limits contradict each other' },
  'impossible-time': { status: 422, title: 'This time cannot be right' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  'account-busy': { status: 503, title: 'The account is being changed by too many requests at once' },
  unavailable: { status: 503, title: 'The service cannot answer right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof catalogue;

/** Problem types for limits are the ones the HTTP RateLimit draft registers with IANA. */
const ianaTypes = 'https://iana.org/assignments/http-problem-types';

export const limitProblems = {
  'quota-exceeded': { type: `${ianaTypes}#quota-exceeded`, title: 'The free allowance is used up' },
  'temporary-reduced-capacity': {
    type: `${ianaTypes}#temporary-reduced-capacity`,
    title: 'Too many sessions are running',
  },
  'abnormal-usage-detected': {
    type: `${ianaTypes}#abnormal-usage-detected`,
    title: 'A person has to look at this account',
  },
} as const;

export type LimitProblem = keyof typeof limitProblems;

export const typeOf = (code: ProblemCode): string => `/docs/problems#${code}`;
