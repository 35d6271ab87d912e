import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { CallContext, Rpc, startGrpcService, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { control, create, toBinary } from '@serendip/shared-contracts';
import { MemoryObjectStore } from '@serendip/platform-objects/testing';
import { ConfigWatcher } from './index.js';

const snapshot = (version: number) => create(control.ConfigSnapshotSchema, { version, tenants: [{ id: `tenant-${version}` }] });

/** Versions that control announces, in order; each open stream gets the newest and what follows. */
class Announcements {
  private versions: number[] = [];
  private waiting: (() => void)[] = [];

  announce(version: number): void {
    this.versions.push(version);
    for (const wake of this.waiting.splice(0)) wake();
  }

  async *stream(signal: AbortSignal): AsyncGenerator<{ snapshot: control.ConfigSnapshot }> {
    for (let next = Math.max(0, this.versions.length - 1); !signal.aborted;) {
      if (next < this.versions.length) yield { snapshot: snapshot(this.versions[next++]!) };
      else {
        await new Promise<void>((resolve) => {
          this.waiting.push(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
  }
}

@Controller()
class ControlController {
  constructor(private readonly announcements: Announcements) {}

  @Rpc(control.ControlService, 'watchConfig')
  watchConfig(_: control.WatchConfigRequest, { signal }: CallContext) {
    return this.announcements.stream(signal);
  }
}

@Module({ controllers: [ControlController], providers: [Announcements] })
class ControlModule {}

const logger = createLogger('test', 'silent');
let store: MemoryObjectStore;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => { store = new MemoryObjectStore(); });
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startControl(port = 0): Promise<GrpcServer & { announce(version: number): void }> {
  const server = await startGrpcService({ module: ControlModule, services: [control.ControlService], host: '127.0.0.1', port, logger, notReadyMs: 0, drainMs: 500 });
  closing.push(() => server.close());
  return { ...server, announce: (version) => server.get(Announcements).announce(version) };
}

async function watch(port: number, timeoutMs = 10_000): Promise<ConfigWatcher> {
  const watcher = await ConfigWatcher.start({ controlTarget: `127.0.0.1:${port}`, objects: store, logger, timeoutMs });
  closing.unshift(() => watcher.stop());
  return watcher;
}

/** Resolves when the watcher has reached a version. */
function reached(watcher: ConfigWatcher, version: number): Promise<void> {
  if (watcher.current.version === version) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = watcher.onChange((next) => {
      if (next.version !== version) return;
      stop();
      resolve();
    });
  });
}

describe('ConfigWatcher', () => {
  it('knows the newest snapshot and hears of every newer one', async () => {
    const server = await startControl();
    server.announce(1);
    const watcher = await watch(server.port);
    expect(watcher.tenant('tenant-1')?.id).toBe('tenant-1');
    server.announce(2);
    await reached(watcher, 2);
    expect(watcher.tenant('tenant-1')).toBeUndefined();
    expect(watcher.tenant('tenant-2')?.id).toBe('tenant-2');
  });

  it('starts from the object store while control is away, and takes control\'s word when it is back', async () => {
    const gone = await startControl();
    await gone.close();
    await store.put('config/latest.bin', toBinary(control.ConfigSnapshotSchema, snapshot(7)));
    const watcher = await watch(gone.port);
    expect(watcher.current.version).toBe(7);
    const back = await startControl(gone.port);
    back.announce(8);
    await reached(watcher, 8);
  });

  it('keeps what it knows while control restarts, and goes on after that', async () => {
    const first = await startControl();
    first.announce(1);
    const watcher = await watch(first.port);
    await first.close();
    expect(watcher.current.version).toBe(1);
    const second = await startControl(first.port);
    second.announce(2);
    await reached(watcher, 2);
  });

  it('follows control back to an older snapshot', async () => {
    await store.put('config/latest.bin', toBinary(control.ConfigSnapshotSchema, snapshot(7)));
    const server = await startControl();
    const watcher = await watch(server.port);
    server.announce(3);
    await reached(watcher, 3);
  });

  it('survives a listener that throws and an object that is no snapshot', async () => {
    await store.put('config/latest.bin', Uint8Array.of(0xff));
    const server = await startControl();
    server.announce(1);
    const watcher = await watch(server.port);
    watcher.onChange(() => { throw new Error('no'); });
    for (const version of [2, 3]) {
      server.announce(version);
      await reached(watcher, version);
    }
  });

  it('says so when there is no configuration anywhere', async () => {
    await expect(watch(1, 50)).rejects.toMatchObject({ code: 'UNAVAILABLE', reason: 'CONFIG_UNAVAILABLE' });
  });
});
