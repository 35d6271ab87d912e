import { freePort, isFree } from '@serendip/platform-grpc/free-port';
import { DomainError } from '@serendip/shared-errors';
import type { ServiceSpec } from './services.js';

/**
 * Gives every service ports nobody listens on: the ones it asks for, else free ones. A busy public port is an error, because
 * a person would look for the gateway there.
 */
export async function claimPorts(specs: readonly ServiceSpec[], options: { readonly free: boolean }): Promise<readonly ServiceSpec[]> {
  const taken = new Set<number>();
  const claim = async (wanted: number): Promise<number | undefined> => {
    const port = wanted === 0 ? await freePort() : (await isFree(wanted)) ? wanted : undefined;
    if (port === undefined || taken.has(port)) return wanted === 0 ? claim(0) : undefined;
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
