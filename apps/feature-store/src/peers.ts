import type { Member } from '@serendip/features-domain';
import { createGrpcClient, type CallContext, type GrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';

type Client = GrpcClient<typeof features.FeatureStoreService>;

/** Another replica has at most so long to answer, milliseconds, and half of what the caller has left: the store must still be read if it does not. */
const MOST_MS = 500;

/** With what another replica is asked for a caller. */
export const askedFor = (context: CallContext) => ({ context, timeoutMs: Math.min(MOST_MS, (context.deadlineMs - Date.now()) / 2) });

/** The other replicas, each with a connection from when it is first asked until it is gone. */
export class Peers {
  private readonly clients = new Map<string, Client>();

  /** @param members who is there now */
  constructor(private readonly members: () => readonly Member[]) {}

  at({ address }: Member): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      this.closeGone();
      this.clients.set(address, (client = createGrpcClient(features.FeatureStoreService, { target: address, exchange: true })));
    }
    return client;
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private closeGone(): void {
    const known = new Set(this.members().map(({ address }) => address));
    for (const [address, client] of this.clients) {
      if (known.has(address)) continue;
      client.close();
      this.clients.delete(address);
    }
  }
}
