import { createServer } from 'node:net';
import { DomainError } from '@serendip/shared-errors';
import type { ServiceSpec } from './services.js';

/**
 * Free ports are looked for below the range that outgoing connections take theirs from (32768 on Linux): a service that
 * starts again must find its port as it left it.
 */
const FIRST_FREE = 20_000;
const LAST_FREE = 32_000;

const somePort = (): number => FIRST_FREE + Math.floor(Math.random() * (LAST_FREE - FIRST_FREE));

function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

/**
 * Gives every service ports nobody listens on: the ones it asks for, else free ones. A busy public port is an error, because
 * a person would look for the gateway there.
 */
export async function claimPorts(specs: readonly ServiceSpec[], options: { readonly free: boolean }): Promise<readonly ServiceSpec[]> {
  const taken = new Set<number>();
  const claim = async (wanted: number): Promise<number | undefined> => {
    const tried = wanted === 0 ? somePort() : wanted;
    const port = taken.has(tried) ? undefined : await listen(tried);
    if (port === undefined) return wanted === 0 ? claim(0) : undefined;
    taken.add(port);
    return port;
  };
  const claimed: ServiceSpec[] = [];
  for (const spec of specs) {
    const isPublic = spec.app === 'gateway';
    const wanted = options.free && !isPublic ? 0 : spec.port;
    const port = await claim(wanted);
    if (port === undefined && isPublic) {
      throw new DomainError('FAILED_PRECONDITION', 'PORT_IN_USE', `Port ${spec.port} is in use: stop what listens there, or choose another one with --port.`);
    }
    const adminPort = (options.free ? undefined : await claim(spec.adminPort)) ?? (await claim(0))!;
    claimed.push({ ...spec, port: port ?? (await claim(0))!, adminPort });
  }
  return claimed;
}
