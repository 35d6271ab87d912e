import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigurationRepository } from '@serendip/control-domain';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { control, toBinary } from '@serendip/shared-contracts';
import { snapshotMessage } from './control.mapper.js';

const POLL_MS = 500;
const KEPT = 20;
const LATEST = 'config/latest.bin';

type Listener = (snapshot: control.ConfigSnapshot) => void;

/** Publishes each version of the configuration: to the object store, then to whoever watches. Other replicas' changes too. */
@Injectable()
export class Snapshots implements OnApplicationShutdown {
  private latest: control.ConfigSnapshot | undefined;
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> = Promise.resolve();
  /** Why the database can't be used now; absent when it can. */
  failure: string | undefined = 'not read yet';

  constructor(private readonly repository: ConfigurationRepository, private readonly objects: ObjectStore, private readonly logger: Logger) {}

  get current(): control.ConfigSnapshot | undefined {
    return this.latest;
  }

  start(): void {
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.publishing;
  }

  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Publishes what is newest; resolves when it is out, and never rejects. */
  refresh(): Promise<void> {
    return (this.publishing = this.publishing.then(() => this.publish()));
  }

  private async publish(): Promise<void> {
    try {
      const version = await this.repository.version();
      this.failure = undefined;
      if (this.latest !== undefined && version <= this.latest.version) return;
      const snapshot = snapshotMessage(await this.repository.read());
      const bytes = toBinary(control.ConfigSnapshotSchema, snapshot);
      await this.objects.put(`config/${String(snapshot.version).padStart(12, '0')}.bin`, bytes);
      await this.objects.put(LATEST, bytes);
      this.latest = snapshot;
      for (const listener of this.listeners) listener(snapshot);
      await this.forgetOld();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (this.failure !== message) this.logger.warn({ err: error }, 'The configuration could not be published; services go on with the last one.');
      this.failure = message;
    }
  }

  private async forgetOld(): Promise<void> {
    const keys = (await this.objects.list('config/')).filter((key) => key !== LATEST);
    for (const key of keys.slice(0, -KEPT)) await this.objects.delete(key);
  }
}
