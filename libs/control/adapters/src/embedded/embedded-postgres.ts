import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@serendip/platform-grpc/free-port';
import { isDomainError } from '@serendip/shared-errors';
import { findBinaries } from './binaries.js';
import { SUPERUSER, openCluster } from './cluster.js';
import { Launcher } from './launcher.js';
import { endLeftover } from './running-server.js';
import { ServerProcess, type ServerOptions } from './server-process.js';

export interface EmbeddedPostgresOptions {
  /** Where the database is kept; made when it is not there. */
  readonly directory: string;
  /** Zero, the default, for any free port. */
  readonly port?: number;
  readonly logger: { warn(message: string): void };
}

export interface EmbeddedPostgres {
  /** Stays the same while it runs, restarts included. */
  readonly url: string;
  /** Of the server that runs now. */
  readonly pid: number;
  /** Shuts down: connections are ended, everything is written. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const RESTART_MS = { first: 50, most: 5_000 };
const STEADY_MS = 60_000;

/**
 * Starts Postgres from its npm package on a directory of its own, also after a crash, and starts it again when it dies. Throws a
 * DomainError that says what to do; FAILED_PRECONDITION/POSTGRES_IN_USE when a living process runs it there.
 */
export async function startEmbeddedPostgres({ directory: given, port = 0, logger }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(given);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const binaries = await findBinaries();
  const launcher = Launcher.find(directory, binaries);
  await endLeftover(directory);
  const password = await openCluster(directory, { launcher, binaries });
  const server = await startOn(port, { directory, launcher, binaries, logger });
  return new Supervised(password, server.process, server.options);
}

/** Runs until it is stopped. */
class Supervised implements EmbeddedPostgres {
  readonly url: string;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(password: string, private server: ServerProcess, private readonly options: ServerOptions) {
    this.url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${options.port}/${SUPERUSER}`;
    this.running = this.supervise();
  }

  get pid(): number {
    return this.server.pid;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.server.stop();
    await this.running;
  }

  private async supervise(): Promise<void> {
    const { signal } = this.stopping;
    const { logger, port } = this.options;
    let wait = RESTART_MS.first;
    for (let started = Date.now(); ; started = Date.now()) {
      await this.server.ended;
      if (signal.aborted) return;
      logger.warn(`Postgres ended (${this.server.lastWords}); it is started again.`);
      // One that dies again and again is given ever more time.
      wait = Date.now() - started > STEADY_MS ? RESTART_MS.first : Math.min(RESTART_MS.most, wait * 2);
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.server = (await startOn(port, this.options)).process;
      } catch (error) {
        logger.warn(error instanceof Error ? error.message : String(error));
      }
      if (signal.aborted) await this.server.stop();
    }
  }
}

/** Starts a server on a port, zero for any; waits for what a killed server's connections still hold, and for a port to be free. */
async function startOn(wanted: number, common: Omit<ServerOptions, 'port'>): Promise<{ readonly process: ServerProcess; readonly options: ServerOptions }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const options = { ...common, port: wanted === 0 ? await freePort() : wanted };
    try {
      return { process: await ServerProcess.start(options, deadline), options };
    } catch (error) {
      const passes = isDomainError(error) && (/still in use/.test(error.message) || (wanted === 0 && /could not create any TCP/.test(error.message)));
      if (!passes || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
