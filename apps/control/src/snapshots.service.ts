import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigurationRepository } from '@serendip/control-domain';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import type { DependencyStatus } from '@serendip/platform-telemetry';
import { control, toBinary } from '@serendip/shared-contracts';
import { snapshotMessage } from './control.mapper.js';

const POLL_MS = 500;
const KEPT = 20;
const LATEST = 'config/latest.bin';

type Listener = (snapshot: control.ConfigSnapshot) => void;
type Dependency = 'database' | 'objects';

/** Publishes each version of the configuration, other replicas' too: to the object store, then to whoever watches. */
@Injectable()
export class Snapshots implements OnApplicationShutdown {
  private latest: control.ConfigSnapshot | undefined;
  private isStored = false;
  private readonly listeners = new Set<Listener>();
  private readonly failures = new Map<Dependency, string>([['database', 'not read yet']]);
  private timer: NodeJS.Timeout | undefined;
  private publishing: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  constructor(private readonly repository: ConfigurationRepository, private readonly objects: ObjectStore, private readonly logger: Logger) {}

  /** The newest snapshot; undefined until the database was read once. */
  get current(): control.ConfigSnapshot | undefined {
    return this.latest;
  }

  get watchers(): number {
    return this.listeners.size;
  }

  status(): readonly DependencyStatus[] {
    return (['database', 'objects'] as const).map((name) => {
      const detail = this.failures.get(name);
      return detail === undefined ? { name, ready: true } : { name, ready: false, detail };
    });
  }

  /** Looks for new versions from now on. */
  start(): void {
    void this.refresh();
    this.timer = setInterval(() => void this.refresh(), POLL_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.queued;
    await this.publishing;
  }

  /** Resolves once there is a snapshot. */
  async first(): Promise<void> {
    if (this.latest !== undefined) return;
    await new Promise<void>((resolve) => {
      const stop = this.onChange(() => {
        stop();
        resolve();
      });
    });
  }

  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Publishes what is newest at some moment after the call; resolves when that is out or has failed, and never rejects. */
  refresh(): Promise<void> {
    this.queued ??= this.publishing.then(() => {
      this.queued = undefined;
      return (this.publishing = this.publish());
    });
    return this.queued;
  }

  private async publish(): Promise<void> {
    const snapshot = await this.attempt('database', () => this.read());
    if (snapshot === undefined) return;
    const isNew = snapshot !== this.latest;
    if (!isNew && this.isStored) return;
    this.latest = snapshot;
    this.isStored = (await this.attempt('objects', () => this.store(snapshot))) === true;
    // Watchers need not wait for the object store to be back: a rollback must reach them.
    if (isNew) for (const listener of this.listeners) listener(snapshot);
  }

  /** The very snapshot we have when the version is the same; also an older one, when the database was put back. */
  private async read(): Promise<control.ConfigSnapshot> {
    if (this.latest !== undefined && (await this.repository.version()) === this.latest.version) return this.latest;
    return snapshotMessage(await this.repository.read());
  }

  private async store(snapshot: control.ConfigSnapshot): Promise<true> {
    const bytes = toBinary(control.ConfigSnapshotSchema, snapshot);
    const key = `config/${String(snapshot.version).padStart(12, '0')}.bin`;
    await this.objects.put(key, bytes);
    await this.objects.put(LATEST, bytes);
    const old = (await this.objects.list('config/')).filter((other) => other !== LATEST && other !== key).slice(0, 1 - KEPT);
    for (const other of old) await this.objects.delete(other);
    return true;
  }

  /** Undefined when it failed, which is then a fact about the dependency, logged once. */
  private async attempt<T>(dependency: Dependency, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      if (this.failures.delete(dependency)) this.logger.info({ dependency }, 'The dependency answers.');
      return result;
    } catch (err) {
      const message = err instanceof Error ? err.message : String(err);
      if (this.failures.get(dependency) !== message) this.logger.warn({ err, dependency }, 'The configuration could not be published; services go on with the last one.');
      this.failures.set(dependency, message);
      return undefined;
    }
  }
}
