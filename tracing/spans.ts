import {
  type Attributes,
  ROOT_CONTEXT,
  type SpanKind,
  SpanStatusCode,
  context,
  propagation,
  trace,
} from '@opentelemetry/api';

/** W3C Trace Context: what a row or a message carries of the request that it came from. */
export type Traceparent = string;

const tracer = () => trace.getTracer('stipend');

/** Of the work under way; null where nobody traces, which costs a look. */
export function currentTraceparent(): Traceparent | null {
  if (trace.getActiveSpan() === undefined) return null;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

export type SpanOptions = {
  readonly kind: SpanKind;
  /** Null or absent: the work under way, or a trace of its own. */
  readonly parent?: Traceparent | null;
  readonly attributes?: Attributes;
};

/** Does the work within a span; one that throws marks it as failed. */
export function inSpan<Result>(
  name: string,
  { kind, parent, attributes = {} }: SpanOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const from =
    parent === null || parent === undefined
      ? context.active()
      : propagation.extract(ROOT_CONTEXT, { traceparent: parent });
  return tracer().startActiveSpan(name, { kind, attributes }, from, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      span.end();
    }
  });
}
