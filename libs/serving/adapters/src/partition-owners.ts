import type { GrpcClient } from '@serendip/platform-grpc';
import type { features } from '@serendip/shared-contracts';

type Client = GrpcClient<typeof features.FeatureStoreService>;

const EVERY_MS = 1000;

/** Which feature store has which partition, asked once a second, so that a read need not go through another one. */
export class PartitionOwners {
  private owners: readonly string[] = [];
  private readonly clients = new Map<string, Client>();
  private turn = 0;
  private isClosed = false;
  private readonly timer: NodeJS.Timeout;

  /** @param anyone every feature store's addresses. @param connect makes a client of one */
  constructor(private readonly anyone: Pick<Client, 'getPartitionOwners'>, private readonly connect: (address: string) => Client) {
    this.timer = setInterval(() => void this.ask(), EVERY_MS).unref();
    void this.ask();
  }

  /** The client of a partition's owner; undefined where that is not known, or there is only one feature store. */
  of(partition: number): Client | undefined {
    return this.clients.get(this.owners[partition] ?? '');
  }

  /** The client of another feature store, in turn; undefined where none is known. */
  another(than: Client): Client | undefined {
    const others = [...this.clients.values()].filter((client) => client !== than);
    return others[this.turn++ % others.length];
  }

  /** Asks now; what was known stays when nobody answers. */
  async ask(): Promise<void> {
    try {
      const { owners } = await this.anyone.getPartitionOwners({});
      if (this.isClosed) return;
      this.owners = owners;
      this.keepOnly(new Set(owners));
    } catch {
      // Reads go where they went: the replica that is asked passes them on.
    }
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.keepOnly(new Set());
  }

  private keepOnly(addresses: ReadonlySet<string>): void {
    const wanted = addresses.size > 1 ? addresses : new Set<string>();
    for (const [address, client] of this.clients) {
      if (wanted.has(address)) continue;
      client.close();
      this.clients.delete(address);
    }
    for (const address of wanted) if (address !== '' && !this.clients.has(address)) this.clients.set(address, this.connect(address));
  }
}
