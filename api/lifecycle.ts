/** Whether this process still takes requests that it could hand on to others. */
export type Lifecycle = {
  readonly isDraining: () => boolean;
  readonly drain: () => void;
  /** Called once it is to stop: what would never end by itself ends then. */
  readonly onDrain: (stop: () => void) => void;
};

export function createLifecycle(): Lifecycle {
  let draining = false;
  const stops: (() => void)[] = [];
  return {
    isDraining: () => draining,
    drain: () => {
      draining = true;
      for (const stop of stops) stop();
    },
    onDrain: (stop) => {
      stops.push(stop);
    },
  };
}
