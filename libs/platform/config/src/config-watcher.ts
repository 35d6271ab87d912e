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
const POLL_MS = 20;
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
  private warned = false;

  private constructor(private readonly options: ConfigWatcherOptions) {
    this.client = createGrpcClient(control.ControlService, { target: options.controlTarget });
  }

  /** Resolves once a snapshot is known. Throws UNAVAILABLE/CONFIG_UNAVAILABLE when there is none in time. */
  static async start(options: ConfigWatcherOptions): Promise<ConfigWatcher> {
    const watcher = new ConfigWatcher(options);
    watcher.following = watcher.follow();
    const deadline = Date.now() + (options.timeoutMs ?? FIRST_TIMEOUT_MS);
    while (!(await watcher.isKnown())) {
      if (Date.now() >= deadline) {
        await watcher.stop();
        throw new DomainError('UNAVAILABLE', 'CONFIG_UNAVAILABLE', `No configuration: control at ${options.controlTarget} does not answer and there is no readable ${LATEST} in the object store.`);
      }
      await sleep(POLL_MS);
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

  /** Calls the listener with each new snapshot, once it is `current`; answers how to stop that. A listener that throws stops nobody. */
  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.client.close();
    await this.following;
  }

  /** Whether there is a snapshot, be it the one that control left in the object store. */
  private async isKnown(): Promise<boolean> {
    if (this.snapshot !== undefined) return true;
    const { objects, logger } = this.options;
    try {
      const bytes = await objects.get(LATEST);
      // Control may have answered while the object was read.
      if (bytes !== undefined && this.snapshot === undefined) this.accept(fromBinary(control.ConfigSnapshotSchema, bytes));
    } catch (err) {
      logger[this.warned ? 'debug' : 'warn']({ err, key: LATEST }, 'The configuration in the object store cannot be read; control is asked.');
      this.warned = true;
    }
    return this.snapshot !== undefined;
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

  /** Control's word counts, even if it is older than what is known: then its database was put back. */
  private accept(snapshot: control.ConfigSnapshot): void {
    if (snapshot.version === this.snapshot?.version) return;
    if (this.snapshot !== undefined && snapshot.version < this.snapshot.version) {
      this.options.logger.warn({ version: snapshot.version, before: this.snapshot.version }, 'Control went back to an older configuration.');
    }
    this.snapshot = snapshot;
    this.tenants = new Map(snapshot.tenants.map((tenant) => [tenant.id, tenant]));
    for (const listener of this.listeners) {
      try {
        listener(snapshot);
      } catch (err) {
        this.options.logger.error({ err, version: snapshot.version }, 'A listener failed on a new configuration.');
      }
    }
  }
}
