const answerWithinMs = 3_000;

/**
 * What was asked of the ledger; null where it failed or hangs. For whoever tells others how things stand: a probe or a scrape
 * that fails with the ledger hides that it is the ledger.
 */
export async function askInTime<Answer>(
  question: Promise<Answer>,
  withinMs = answerWithinMs,
): Promise<Answer | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinMs);
  });
  try {
    return await Promise.race([question, tooLate]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** A look that several ask for at once is made once: gauges that share a statement would else tell what the last scrape saw. */
export function sharedLook(look: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  return () => {
    underWay ??= look().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
