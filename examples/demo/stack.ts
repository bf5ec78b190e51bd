import { homeFolder, openHome } from '../../local/home.ts';
import { type LocalFile, readLocalFile } from '../../local/local-file.ts';
import { releaseLock, takeLock } from '../../local/lock.ts';
import { PlainError } from '../../local/plain-error.ts';
import { readSettings } from '../../local/settings.ts';
import { startStack } from '../../local/stack.ts';

export type DemoStack = {
  readonly local: LocalFile;
  readonly home: string;
  readonly stop: () => Promise<void>;
};

/** The stack that `npm start` runs, or one started for the demo and stopped after it. */
export async function useStack(report: (line: string) => void): Promise<DemoStack> {
  const home = openHome(homeFolder(process.env));
  const holder = takeLock(home.lockFile);
  if (holder !== null) {
    const local = readLocalFile(home.localFile);
    if (local === null) throw new PlainError('Stipend is starting up; run the demo again once it is ready.');
    return { local, home: home.folder, stop: () => Promise.resolve() };
  }
  try {
    const stack = await startStack(home, readSettings(process.env), report);
    return {
      local: stack.local,
      home: home.folder,
      stop: async () => {
        await stack.stop();
        releaseLock(home.lockFile);
      },
    };
  } catch (error) {
    releaseLock(home.lockFile);
    throw error;
  }
}
