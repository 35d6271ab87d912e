import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient, type GrpcClient } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { control, fromBinary } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

export interface ConfigWatcherOptions {
  readonly controlTarget: string;
  /** Where control leaves each snapshot: what a service starts from while control is away. */
  readonly objects: ObjectStore;
  readonly logger: Logger;
  /** How long to wait for a first snapshot from anywhere, milliseconds. */
  readonly timeoutMs?: number;
}

const LATEST = 'config/latest.bin';
const FIRST_TIMEOUT_MS = 60_000;
const BACKOFF_MS = { first: 100, most: 2000 };

type Listener = (snapshot: control.ConfigSnapshot) => void;

/** The newest config snapshot, kept up to date from control; the last known one while control is away. */
export class ConfigWatcher {
  private snapshot: control.ConfigSnapshot | undefined;
  private tenants = new Map<string, control.Tenant>();
  private readonly listeners = new Set<Listener>();
  private readonly stopping = new AbortController();
  private readonly client: GrpcClient<typeof control.ControlService>;
  private following: Promise<void> = Promise.resolve();

  private constructor(private readonly options: ConfigWatcherOptions) {
    this.client = createGrpcClient(control.ControlService, { target: options.controlTarget });
  }

  /** Resolves once a snapshot is known. Throws UNAVAILABLE/CONFIG_UNAVAILABLE when there is none in time. */
  static async start(options: ConfigWatcherOptions): Promise<ConfigWatcher> {
    const watcher = new ConfigWatcher(options);
    watcher.following = watcher.follow();
    await watcher.load();
    const deadline = Date.now() + (options.timeoutMs ?? FIRST_TIMEOUT_MS);
    while (watcher.snapshot === undefined) {
      if (Date.now() > deadline) {
        await watcher.stop();
        throw new DomainError('UNAVAILABLE', 'CONFIG_UNAVAILABLE', `No configuration: control at ${options.controlTarget} does not answer and ${LATEST} is not in the object store.`);
      }
      await sleep(20);
      await watcher.load();
    }
    return watcher;
  }

  /** One consistent snapshot: take it once for each request. */
  get current(): control.ConfigSnapshot {
    return this.snapshot!;
  }

  tenant(id: string): control.Tenant | undefined {
    return this.tenants.get(id);
  }

  /** Calls the listener with each newer snapshot; answers how to stop that. */
  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.client.close();
    await this.following;
  }

  private async load(): Promise<void> {
    if (this.snapshot !== undefined) return;
    const bytes = await this.options.objects.get(LATEST).catch((error: unknown) => {
      this.options.logger.warn({ err: error }, 'The object store has no readable configuration.');
      return undefined;
    });
    if (bytes !== undefined) this.accept(fromBinary(control.ConfigSnapshotSchema, bytes));
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let wait = BACKOFF_MS.first;
    while (!signal.aborted) {
      try {
        for await (const { snapshot } of this.client.watchConfig({}, { signal })) {
          if (snapshot !== undefined) this.accept(snapshot);
          wait = BACKOFF_MS.first;
        }
      } catch (error) {
        if (!signal.aborted) this.options.logger.debug({ err: error }, 'Control is away; the last configuration holds.');
      }
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(BACKOFF_MS.most, wait * 2);
    }
  }

  private accept(snapshot: control.ConfigSnapshot): void {
    if (this.snapshot !== undefined && snapshot.version <= this.snapshot.version) return;
    this.snapshot = snapshot;
    this.tenants = new Map(snapshot.tenants.map((tenant) => [tenant.id, tenant]));
    for (const listener of this.listeners) listener(snapshot);
  }
}
