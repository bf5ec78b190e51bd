import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { ApiMetrics } from './metrics.ts';

/** Gives each request an id, times it, and logs those that failed. Keys and bodies are never logged. */
export function logRequests(log: Logger, metrics: ApiMetrics): RequestHandler[] {
  const logger = pinoHttp({
    logger: log,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'debug'),
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url.slice(0, 500),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
  const timer: RequestHandler = (request, response, next) => {
    const started = process.hrtime.bigint();
    response.once('finish', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const pattern = (request.route as { path?: string } | undefined)?.path ?? 'none';
      metrics.observeRequest(request.method, pattern, response.statusCode, seconds);
    });
    next();
  };
  return [logger as RequestHandler, timer];
}
