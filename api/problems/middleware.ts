import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { requestIdOf, send } from '../send.ts';
import { fromError } from './from-error.ts';
import { Problem, type ProblemDocument } from './problem.ts';

export function sendProblem(
  response: Response,
  document: ProblemDocument,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, document.status, 'application/problem+json', document, headers);
}

export const notFound: RequestHandler = (request) => {
  throw new Problem('not-found', `There is nothing at ${request.path.slice(0, 200)}; see /docs.`);
};

/** The last handler: whatever was thrown becomes a problem document. */
export const onError =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = fromError(error);
    if (problem === null) log.error({ err: error, request: requestIdOf(response) }, 'unforeseen error');
    const told =
      problem ??
      new Problem(
        'internal',
        `It has been logged under ${requestIdOf(response)}; the request may be repeated.`,
      );
    sendProblem(response, told.toDocument(), told.rest.headers);
  };
