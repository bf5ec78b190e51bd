/** Whether this process still takes requests that it could hand on to others. */
export type Lifecycle = { readonly isDraining: () => boolean; readonly drain: () => void };

export function createLifecycle(): Lifecycle {
  let draining = false;
  return {
    isDraining: () => draining,
    drain: () => {
      draining = true;
    },
  };
}
