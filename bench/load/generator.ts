import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './plan.ts';

type Message = { readonly result?: LoadResult; readonly error?: string };

export type LoadGenerator = {
  readonly run: (plan: LoadPlan) => Promise<LoadResult>;
  readonly stop: () => void;
};

/** @throws Error from `run` where an answer was not one of the expected ones. */
export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(import.meta.resolve('./main.js')), { stdio: 'inherit' });
  return {
    run: async (plan) => {
      const { result, error } = await new Promise<Message>((resolve, reject) => {
        const ended = (): void => reject(new Error('the load generator ended'));
        child.once('exit', ended);
        child.once('message', (message: Message) => {
          child.off('exit', ended);
          resolve(message);
        });
        child.send(plan);
      });
      if (result === undefined) throw new Error(error ?? 'the load generator said nothing');
      if (result.oddAnswer !== null) throw new Error(`an unexpected answer: ${result.oddAnswer}`);
      return result;
    },
    stop: () => child.disconnect(),
  };
}
