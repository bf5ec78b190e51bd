import { type ProblemCode, catalogue, typeOf } from './catalogue.ts';

/** Where in the request a mistake is: `pointer` into the body (RFC 6901), or a parameter's name. */
export type FieldError = {
  readonly in: 'body' | 'path' | 'query' | 'header';
  readonly pointer?: string;
  readonly parameter?: string;
  readonly message: string;
};

export type ProblemDocument = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
};

type Rest = {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
};

/** An answer that is an error, thrown from wherever it is noticed. `detail` says what to do about it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly rest: Rest;

  constructor(code: ProblemCode, detail: string, rest: Rest = {}) {
    super(detail);
    this.code = code;
    this.rest = rest;
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  toDocument(): ProblemDocument {
    const { status, title } = catalogue[this.code];
    const { errors } = this.rest;
    return {
      type: typeOf(this.code),
      title,
      status,
      detail: this.message,
      ...(errors === undefined ? {} : { errors }),
    };
  }
}

/** A mistake in one field of the body. */
export const inBody = (code: ProblemCode, field: string, message: string): Problem =>
  new Problem(code, `${field}: ${message}`, { errors: [{ in: 'body', pointer: `/${field}`, message }] });
