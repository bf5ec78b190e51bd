import type { LoadPlan } from './plan.ts';
import { runLoad } from './run.ts';

/** The load generator is a process of its own: its work is not the work of what it measures. */
process.on('message', (plan: LoadPlan) => {
  runLoad(plan).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
