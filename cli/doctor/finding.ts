type Level = 'ok' | 'warn' | 'fail';

/** One thing that was looked at, what was found, and what mends it. */
export type Finding = {
  readonly about: string;
  readonly level: Level;
  readonly found: string;
  /** Null where nothing has to be done. */
  readonly fix: string | null;
};

export const well = (about: string, found: string): Finding => ({ about, level: 'ok', found, fix: null });
export const warned = (about: string, found: string, fix: string): Finding => ({
  about,
  level: 'warn',
  found,
  fix,
});
export const failed = (about: string, found: string, fix: string): Finding => ({
  about,
  level: 'fail',
  found,
  fix,
});
