/**
 * What keeps a worker's memory level, for its main thread and the one that runs workflows: V8 lets the space for new objects grow to
 * 32 MB three times over in each, and glibc keeps a heap for each thread. Both are given back late, so that a worker
 * of 50 MB of live objects a thread grew to 900 MB in minutes, and to half of that with these.
 */
export const workerMemory = {
  nodeFlags: ['--max-semi-space-size=8'],
  env: { MALLOC_ARENA_MAX: '2' },
} as const;
