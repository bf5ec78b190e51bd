import { type Socket, connect } from 'node:net';

export type HttpAnswer = { readonly status: number; readonly body: string };

type Waiting = { readonly resolve: (answer: HttpAnswer) => void; readonly reject: (error: Error) => void };

const headEnd = Buffer.from('\r\n\r\n');

/** The first whole answer in the bytes, and how many it takes; null while some are missing. */
export function readAnswer(bytes: Buffer): { readonly answer: HttpAnswer; readonly length: number } | null {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const announced = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (announced === null && status !== 204) throw new Error(`an answer without Content-Length:\n${head}`);
  const from = end + headEnd.length;
  const length = from + Number(announced?.[1] ?? 0);
  if (bytes.length < length) return null;
  return { answer: { status, body: bytes.toString('utf8', from, length) }, length };
}

/**
 * One keep-alive connection with one request at a time. It shares the cores with what it measures, so it does only what a
 * measurement needs: Node's own client and autocannon's cost several times as much per request.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  send(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const read = readAnswer(this.#received);
    if (read === null) return;
    this.#received = this.#received.subarray(read.length);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(read.answer);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }
}
