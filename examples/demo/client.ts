/** What the demo reads of an answer; the API's own contract is in /openapi.json. */
type Answer = {
  readonly status: number;
  readonly body: {
    readonly outcome?: 'admitted' | 'confirm';
    readonly limited_by?: string | null;
    readonly continue?: boolean;
    readonly session?: { readonly id: string; readonly tier: string; readonly models: readonly string[] };
    readonly now?: string;
    readonly acknowledged?: boolean;
    readonly app?: { readonly id: string };
    readonly keys?: { readonly app: string; readonly growth: string };
    readonly reviews?: readonly { readonly id: string; readonly user: string }[];
    readonly detail?: string;
  };
};

export type Call = (method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) => Promise<Answer>;

/** Answers that say the truth and are no fault: an account contended for a moment is asked again. */
const isContended = (status: number): boolean => status === 503;
const triesAtMost = 5;

/** @throws Error on any answer but success and a limit. */
export function createClient(apiUrl: string, key: string): Call {
  const send = async (method: string, path: string, body: unknown): Promise<Answer> => {
    const response = await fetch(apiUrl + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  return async (method, path, body) => {
    for (let tried = 1; ; tried += 1) {
      const answer = await send(method, path, body);
      if (answer.status < 300 || answer.body.limited_by !== undefined) return answer;
      if (isContended(answer.status) && tried < triesAtMost) continue;
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.detail ?? ''}`);
    }
  };
}
