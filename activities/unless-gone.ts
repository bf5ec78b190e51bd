import { WorkflowNotFoundError, isGrpcServiceError } from '@temporalio/client';

/** gRPC NOT_FOUND: what the client does not translate. */
const notFoundCodes: ReadonlySet<number> = new Set([5]);

const isGone = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || (isGrpcServiceError(error) && notFoundCodes.has(error.code));

/** Null where the workflow or the run that it is about is not there. */
export async function unlessGone<Value>(work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
