import { SpanKind } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { inSpan } from '../tracing/spans.ts';

/** Who asked for it, as the workflow passes it on; not every activity is about a request. */
function parentOf([request]: readonly unknown[]): string | null {
  if (typeof request !== 'object' || request === null || !('traceparent' in request)) return null;
  return typeof request.traceparent === 'string' ? request.traceparent : null;
}

/**
 * A span for each thing that a workflow does. The workflow itself has none: its code runs again at every replay, and what
 * it decides is seen in what it does next.
 */
export const traceActivities: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute: (input, next) =>
      inSpan(
        `workflow ${info.activityType}`,
        {
          kind: SpanKind.CONSUMER,
          parent: parentOf(input.args),
          attributes: { 'temporal.attempt': info.attempt },
        },
        () => next(input),
      ),
  },
});
