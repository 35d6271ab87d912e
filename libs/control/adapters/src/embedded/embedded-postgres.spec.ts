import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';

const folder = mkdtempSync(join(tmpdir(), 'embedded-'));
const directory = join(folder, 'postgres');
let postgres: EmbeddedPostgres | undefined;

const start = async (where = directory): Promise<EmbeddedPostgres> => (postgres = await startEmbeddedPostgres({ directory: where, logger: { warn: () => undefined } }));

async function execute(sql: string, url = postgres!.url): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

const write = (text: string): Promise<unknown> => execute(`CREATE TABLE IF NOT EXISTS kept (text text); INSERT INTO kept VALUES ('${text}')`);
const read = (): Promise<unknown> => execute('SELECT text FROM kept ORDER BY text');

/** Whether a process runs: one that has ended and waits for its parent does not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

afterEach(async () => {
  await postgres?.stop();
  postgres = undefined;
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedded Postgres', () => {
  it('keeps what was written, to itself', async () => {
    await start();
    await write('a');
    const { pid } = postgres!;
    expect(await execute('SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await postgres!.stop();
    expect(lives(pid)).toBe(false);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'serendip.password')).mode & 0o777).toBe(0o600);
    await start();
    expect(await read()).toEqual([{ text: 'a' }]);
    await expect(execute('SELECT 1', postgres!.url.replace(/:[^:@]+@/, ':guess@'))).rejects.toMatchObject({ code: '28P01' });
  }, 60_000);

  it('starts itself again under the same address when it is killed', async () => {
    await start();
    await write('b');
    const { pid, url } = postgres!;
    process.kill(pid, 'SIGKILL');
    while (postgres!.pid === pid) await sleep(20);
    expect(postgres!.url).toBe(url);
    expect(await read()).toEqual([{ text: 'a' }, { text: 'b' }]);
  }, 60_000);

  it('is left alone by a second start while whoever started it lives', async () => {
    await start();
    await expect(startEmbeddedPostgres({ directory, logger: { warn: () => undefined } })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'POSTGRES_IN_USE' });
    expect(await execute('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 60_000);

  it('takes over from a process that was killed and left it running', async () => {
    const left = await startAndKillOwner();
    expect(lives(left)).toBe(true);
    await start();
    expect(lives(left)).toBe(false);
    expect(await read()).toEqual([{ text: 'a' }, { text: 'b' }]);
  }, 60_000);

  it('takes over a leftover that was stopped, too', async () => {
    const left = await startAndKillOwner();
    process.kill(left, 'SIGSTOP');
    await start();
    expect(lives(left)).toBe(false);
  }, 60_000);

  it('starts when the number in its pid file is by now another process', async () => {
    writeFileSync(join(directory, 'postmaster.pid'), `${process.pid}\n${directory}\n`);
    await start();
    expect(await read()).toEqual([{ text: 'a' }, { text: 'b' }]);
  }, 60_000);

  it('gets a new password when the old one was lost', async () => {
    rmSync(join(directory, 'serendip.password'));
    await start();
    expect(await read()).toEqual([{ text: 'a' }, { text: 'b' }]);
  }, 60_000);

  it('begins again where making the database was cut off', async () => {
    const half = join(folder, 'half');
    mkdirSync(join(half, 'global'), { recursive: true });
    writeFileSync(join(half, 'PG_VERSION'), '18\n');
    writeFileSync(join(half, 'global/pg_control'), 'half');
    writeFileSync(`${half}.initialising`, 'password');
    await start(half);
    expect(await execute('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(`${half}.initialising`)).toBe(false);
  }, 60_000);

  it('touches nothing in a directory that is not its own', async () => {
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), 'years of work');
    await expect(start(foreign)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'POSTGRES_DIRECTORY_FOREIGN' });
    expect(readFileSync(join(foreign, 'thesis.txt'), 'utf8')).toBe('years of work');
  });
});

/** Another process starts it on these sources and is killed; answers the server's process, which nobody looks after now. */
async function startAndKillOwner(): Promise<number> {
  const hooks = "import{registerHooks}from'node:module';registerHooks({resolve(s,c,n){try{return n(s,c)}catch(e){return n(s.replace(/js$/,'ts'),c)}}})";
  const program = `const {startEmbeddedPostgres}=await import(${JSON.stringify(new URL('embedded-postgres.ts', import.meta.url).href)});
    const {pid}=await startEmbeddedPostgres({directory:${JSON.stringify(directory)},logger:{warn(){}}});console.log(pid);setInterval(()=>{},1e6)`;
  const owner = spawn(process.execPath, [
    '--conditions=@serendip/source', '--experimental-transform-types', '--no-warnings', '--import', `data:text/javascript,${encodeURIComponent(hooks)}`, '--input-type=module', '-e', program,
  ], { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname });
  const [line] = (await Promise.race([once(owner.stdout!, 'data'), once(owner, 'exit')])) as [Buffer];
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return Number(line.toString());
}
