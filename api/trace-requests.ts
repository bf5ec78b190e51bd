import { type Span, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import type { Request, RequestHandler } from 'express';

const routeOf = (request: Request): string =>
  (request.route as { path?: string } | undefined)?.path ?? 'none';

function finish(span: Span, request: Request, status: number): void {
  const route = routeOf(request);
  span.updateName(`${request.method} ${route}`);
  span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A span for each request, within the caller's trace where one was sent. Of users it says nothing. */
export function traceRequests(): RequestHandler {
  const tracer = trace.getTracer('stipend');
  return (request, response, next) => {
    const from = propagation.extract(context.active(), request.headers);
    const attributes = { 'http.request.method': request.method };
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, from);
    response.once('close', () => finish(span, request, response.statusCode));
    context.with(trace.setSpan(from, span), next);
  };
}
