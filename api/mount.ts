import { type Express, type Request, type RequestHandler, json } from 'express';
import { answerOnce } from './answer-once.ts';
import { keyedBy } from './idempotency.ts';
import { send } from './send.ts';
import { sendProblem } from './problems/middleware.ts';
import { Problem, type ProblemDocument } from './problems/problem.ts';
import type { Caller } from './caller.ts';
import { type Route, type Services, scopesOf } from './route.ts';

const largestBody = 1_000_000;
const readJson = json({ limit: largestBody, strict: true, type: 'application/json' });

const hasBody = ({ headers }: Request): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in headers;

function authorizationOf({ tokenInQuery }: Route, request: Request): string | undefined {
  const { authorization } = request.headers;
  if (tokenInQuery !== true || authorization !== undefined) return authorization;
  const token = request.query['access_token'];
  return typeof token === 'string' ? `Bearer ${token}` : undefined;
}

/** A user's token is about that user alone. */
function checkUser({ userId }: Caller, params: Request['params']): void {
  if (userId === null || params['user'] === userId) return;
  throw new Problem('forbidden', 'user: this token is about another user');
}

const answer = (route: Route, services: Services): RequestHandler => {
  const access = { scopes: scopesOf(route), users: route.users ?? false };
  return async (request, response) => {
    const credentials = {
      authorization: authorizationOf(route, request),
      address: () => request.ip ?? '',
    };
    const caller = await services.authentication.identify(credentials, access);
    const { params, query } = request;
    checkUser(caller, params);
    await readBody(route, request, response);
    const body: unknown = request.body ?? {};
    const keyed =
      route.method === 'post'
        ? keyedBy(request.get('idempotency-key'), { method: 'POST', path: route.path, params, body })
        : null;
    const claim = keyed === null ? null : { appId: caller.appId ?? '', ...keyed };
    const reply = await answerOnce(route, claim, services, (inner) =>
      route.handle({ params, query, body, header: (name) => request.get(name), caller, keyed }, inner),
    );
    if (reply.stream !== undefined) {
      reply.stream(response);
      return;
    }
    if (reply.isProblem === true) {
      sendProblem(response, reply.body as ProblemDocument, reply.headers);
      return;
    }
    send(response, reply.status, 'application/json', reply.body, reply.headers);
  };
};

/** The body is read only after the key was checked: strangers cannot make us parse a megabyte. */
function readBody(route: Route, request: Request, response: Parameters<RequestHandler>[1]): Promise<void> {
  if (route.body === undefined || !hasBody(request)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    readJson(request, response, (error?: Error) => {
      if (error !== undefined) reject(error);
      // A body that is not announced as JSON would be ignored in silence.
      else if (request.body === undefined)
        reject(new Problem('unsupported-media-type', 'Send the body with "Content-Type: application/json".'));
      else resolve();
    });
  });
}

/** Mounts the routes; another method on a known path is answered 405 with what it takes. */
export function mount(app: Express, routes: readonly Route[], services: Services): void {
  for (const route of routes) app[route.method](route.path, answer(route, services));
  const paths = new Set(routes.map((route) => route.path));
  for (const path of paths) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    app.all(path, () => {
      throw new Problem('method-not-allowed', `Use ${methods.join(' or ')} here.`, {
        headers: { allow: methods.join(', ') },
      });
    });
  }
}
