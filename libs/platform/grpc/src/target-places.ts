/** A host (a name or an address) and a port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * The places of a target in gRPC's spelling: `host:port`, `dns:///host:port`, `ipv4:host:port,host:port`, `ipv6:[host]:port`.
 * Empty for other schemes (`unix:`) and for what is no target.
 */
export function placesOf(target: string): Place[] {
  const [, list = ''] = /^(?:ipv4:|ipv6:|dns:(?:\/\/[^/]*\/)?)?(.*)$/.exec(target) ?? [];
  const places = list.split(',').map((text) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)$/.exec(text.trim()) ?? [];
    return { host: bracketed ?? plain ?? '', port: Number(port) };
  });
  return places.every(({ host, port }) => host !== '' && port <= 65_535) ? places : [];
}
