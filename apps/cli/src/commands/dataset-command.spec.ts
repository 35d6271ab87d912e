import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { datasetCommand } from './dataset-command.js';
import type { Failure } from './failure.js';

/** In place of an answer. */
const BUSY = 'busy';

let server: Server;
let url = '';
let directory = '';
let asked: string[];
let answers: Record<string, readonly unknown[]>;
let printed = '';

beforeEach(async () => {
  asked = [];
  directory = mkdtempSync(join(tmpdir(), 'dataset-'));
  server = createServer((request, response) => void (async () => {
    const body = await text(request);
    const route = `${request.method} ${decodeURIComponent(request.url!)}`;
    asked.push(body === '' ? route : `${route} ${body}`);
    const [next, ...rest] = answers[route] ?? [];
    if (rest.length > 0) answers[route] = rest;
    if (Buffer.isBuffer(next)) response.end(next);
    else if (next === BUSY) response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ reason: 'PEER_UNAVAILABLE', detail: 'Try again.' }));
    else response.writeHead(next === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(next ?? { reason: 'DATASET_UNKNOWN', detail: 'There is no such data set.' }));
  })());
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
});

const run = (action: string, ...args: string[]): Promise<string> => runPlainly(action, '--json', ...args);

async function runPlainly(action: string, ...args: string[]): Promise<string> {
  printed = '';
  const command = datasetCommand({ write: (line) => { printed += line; } });
  const quiet = { writeOut: (line: string) => { printed += line; }, writeErr: (line: string) => { printed += line; } };
  for (const each of [command, ...command.commands]) each.configureOutput(quiet);
  await new Command().exitOverride().addCommand(command).parseAsync(['dataset', action, '--url', url, '--key', 'sk_test', ...args], { from: 'user' });
  return printed;
}

const failure = (...args: [string, ...string[]]): Promise<Failure> => run(...args).then(() => { throw new Error('It did not fail.'); }, (error: Failure) => error);

const parquet = Buffer.from('parquet');
const file = { path: 'events/day=2026-11-01/1.parquet', sha256: createHash('sha256').update(parquet).digest('hex'), bytes: 7, rows: 5 };
const dataSet = { id: 'ds_1', from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', createdAt: '2026-12-01T00:00:00.000Z', rows: 1234, commit: 3, versions: { event: '1' }, files: [file], rewrittenFiles: 0 };

describe('serendip dataset', () => {
  it('is made from days in UTC, asked for with the same times until the log is archived', async () => {
    answers = { 'POST /v1/datasets': [{ state: 'archiving', recordsToArchive: 10 }, dataSet] };
    expect(JSON.parse(await run('create', '--from', '2026-11-01', '--to', '2026-12-01'))).toEqual(dataSet);
    expect(asked).toEqual(Array(2).fill('POST /v1/datasets {"from":"2026-11-01T00:00:00.000Z","to":"2026-12-01T00:00:00.000Z"}'));
  });

  it('is asked for again when the gateway is busy in between, and not when it is busy at once', async () => {
    answers = { 'POST /v1/datasets': [{ state: 'archiving', recordsToArchive: 10 }, BUSY, dataSet] };
    expect(JSON.parse(await run('create', '--from', '2026-11-01'))).toEqual(dataSet);
    answers = { 'POST /v1/datasets': [BUSY, dataSet] };
    expect(await failure('create', '--from', '2026-11-01')).toMatchObject({ exitCode: 1, message: expect.stringContaining('PEER_UNAVAILABLE') });
  });

  it('downloads its events once: a file that is there and whole is not fetched again', async () => {
    const address = `GET /v1/datasets/ds_1/file?path=${file.path}`;
    answers = { 'GET /v1/datasets/ds_1': [dataSet], [address]: [parquet] };
    expect(JSON.parse(await run('export', 'ds_1', '--out', directory))).toMatchObject({ dataSetId: 'ds_1', out: directory });
    expect(readFileSync(join(directory, file.path))).toEqual(parquet);
    await run('export', 'ds_1', '--out', directory);
    expect(asked.filter((route) => route === address)).toHaveLength(1);
    writeFileSync(join(directory, file.path), 'half');
    await run('export', 'ds_1', '--out', directory);
    expect(readFileSync(join(directory, file.path))).toEqual(parquet);
  });

  it('says how many rows of its files are outside of its times', async () => {
    answers = { 'GET /v1/datasets/ds_1': [{ ...dataSet, rows: 3 }], [`GET /v1/datasets/ds_1/file?path=${file.path}`]: [parquet] };
    expect(await runPlainly('export', 'ds_1', '--out', directory)).toMatch(/^5 rows in 1 files below .*\n2 of them are outside of the data set's times.*`event_time`/);
    expect(JSON.parse(await run('export', 'ds_1', '--out', directory))).toMatchObject({ from: dataSet.from, to: dataSet.to, rows: 3 });
    answers['GET /v1/datasets/ds_1'] = [{ ...dataSet, rows: 5 }];
    expect(await runPlainly('export', 'ds_1', '--out', directory)).toMatch(/^5 rows in 1 files below [^\n]*\n$/);
  });

  it('waits for its training tables and downloads them', async () => {
    const table = { ...file, path: 'examples/part-00001.parquet' };
    const going = { id: 'ex_1', dataSetId: 'ds_1', state: 'running', stage: 'examples', progress: 0.5, files: [], featureNames: [] };
    answers = {
      'POST /v1/datasets/ds_1/exports': [going], 'GET /v1/datasets/ds_1/exports/ex_1': [going, BUSY, { ...going, state: 'succeeded', files: [table], featureNames: ['a'] }],
      [`GET /v1/datasets/ds_1/exports/ex_1/file?path=${table.path}`]: [parquet],
    };
    expect(JSON.parse(await run('export', 'ds_1', '--point-in-time', '--outcome-hours', '48', '--out', directory))).toMatchObject({ exportId: 'ex_1', featureNames: ['a'], files: [table] });
    expect(asked[0]).toBe('POST /v1/datasets/ds_1/exports {"features":"served","outcomeHours":48}');
    expect(readFileSync(join(directory, table.path))).toEqual(parquet);
  });

  it('says what went wrong and what to do', async () => {
    answers = {
      'GET /v1/datasets/ds_1': [{ ...dataSet, files: [{ ...file, path: '../../outside' }] }],
      'POST /v1/datasets/ds_3/exports': [{ id: 'ex_3', dataSetId: 'ds_3', state: 'failed', stage: 'failed', progress: 0, files: [], featureNames: [], error: 'The disk is full.' }],
    };
    expect(await failure('show', 'ds_2')).toMatchObject({ exitCode: 1, message: expect.stringContaining('serendip dataset list') });
    expect(await failure('export', 'ds_1', '--out', directory)).toMatchObject({ exitCode: 1, message: expect.stringContaining('outside') });
    expect(await failure('export', 'ds_3', '--point-in-time')).toMatchObject({ exitCode: 1, message: expect.stringContaining('The disk is full.') });
    await expect(run('create', '--from', 'May')).rejects.toThrow(CommanderError);
    await expect(run('create')).rejects.toThrow(CommanderError);
  });
});
