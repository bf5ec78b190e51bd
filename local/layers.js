// Plain JavaScript: the swc parser of dependency-cruiser does not load behind tsx.
/** The folders and who may know whom. */
const outer = ['api', 'worker', 'cli', 'local', 'examples', 'bench', 'test'];

const mayNotKnow = (from, others, comment) => ({
  name: `${from}-stays-in-its-layer`,
  comment,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: `^(${others.join('|')})/` },
});

export const forbidden = [
  mayNotKnow(
    'domain',
    ['ledger', 'workflows', 'activities', 'delivery', ...outer],
    'domain/ is pure: data and the clock come in as arguments.',
  ),
  mayNotKnow('ledger', ['workflows', 'activities', 'delivery', ...outer], 'ledger/ knows the domain alone.'),
  mayNotKnow(
    'delivery',
    ['ledger', 'workflows', 'activities', ...outer],
    'delivery/ sends what it is given.',
  ),
  mayNotKnow(
    'workflows',
    ['ledger', 'delivery', ...outer],
    'workflows/ knows the domain and types of activities.',
  ),
  mayNotKnow('activities', ['workflows', ...outer], 'activities/ do what workflows ask for.'),
  mayNotKnow(
    'api',
    ['activities', 'delivery', 'worker', 'cli', 'local', 'examples', 'bench', 'test'],
    'api/ answers requests.',
  ),
  mayNotKnow(
    'worker',
    ['api', 'cli', 'local', 'examples', 'bench', 'test'],
    'worker/ runs what the ledger and Temporal hold.',
  ),
  mayNotKnow(
    'cli',
    ['workflows', 'activities', 'api', 'worker', 'local', 'examples', 'bench', 'test'],
    'cli/ knows the domain, the ledger and the messages that are delivered.',
  ),
  mayNotKnow(
    'local',
    ['api', 'worker', 'cli', 'examples', 'bench', 'test'],
    'local/ starts programs; it imports none.',
  ),
  mayNotKnow(
    'tracing',
    ['domain', 'ledger', 'workflows', 'activities', 'delivery', ...outer],
    'tracing/ knows OpenTelemetry alone.',
  ),
  mayNotKnow('examples', ['bench', 'test'], 'examples/ show the product as its users see it.'),
  mayNotKnow(
    'bench',
    ['workflows', 'activities', 'delivery', 'api', 'worker', 'cli', 'examples', 'test'],
    'bench/ measures programs from outside; it makes accounts through the ledger.',
  ),
  {
    name: 'api-knows-names-of-workflows-only',
    comment: 'The API must not load the workflow SDK: it speaks to workflows by name.',
    severity: 'error',
    from: { path: '^api/' },
    to: { path: '^workflows/', pathNot: '^workflows/names\\.ts$' },
  },
  {
    name: 'workflows-speak-no-language',
    comment: 'Words, and the Intl that they need, are made where they are delivered: a workflow holds facts.',
    severity: 'error',
    from: { path: '^workflows/', pathNot: '^workflows/build-bundle\\.ts$' },
    to: { reachable: true, path: '^domain/messages/' },
  },
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
];

export const cruiseOptions = {
  parser: 'swc',
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '(^|/)node_modules/|^(dist|\\.stipend)/' },
  tsPreCompilationDeps: false,
  enhancedResolveOptions: {
    extensions: ['.ts', '.js', '.mjs', '.json'],
    exportsFields: ['exports'],
    conditionNames: ['import', 'node'],
  },
};
