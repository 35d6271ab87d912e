import { createServer } from 'node:net';

/** Below the ports that the system takes for outgoing connections (from 32768 on Linux): a server that starts again must find its port as it left it. */
const FIRST = 20_000;
const LAST = 32_000;

/** What this process was given, and may not listen on yet. */
const given = new Set<number>();

/** A port of 127.0.0.1, drawn at random, that nobody listens on, nor on the one that is `beside` higher. Each is given to this process once. */
export async function freePort({ beside = 0 }: { readonly beside?: number } = {}): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST - beside));
    if (given.has(port) || !(await isFree(port)) || (beside > 0 && !(await isFree(port + beside)))) continue;
    given.add(port);
    return port;
  }
}

/** Whether nobody listens on a port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
