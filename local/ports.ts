import { createServer } from 'node:net';
import { PlainError } from './plain-error.ts';

const host = '127.0.0.1';

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** A port nobody listens on, chosen by the system. */
export const freePort = (): Promise<number> => tryPort(0);

/** @throws PlainError that names what wants the port and the variable that moves it. */
export async function requirePort(port: number, purpose: string, variable: string): Promise<void> {
  try {
    await tryPort(port);
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'EACCES' ? 'may not be opened' : 'is taken';
    throw new PlainError(
      `Port ${port} for ${purpose} ${reason}. Stop what listens there, or set ${variable} to another port.`,
    );
  }
}
