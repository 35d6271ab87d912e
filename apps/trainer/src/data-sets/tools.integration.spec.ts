import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ArchiveWriter, ParquetArchive } from '@serendip/events-adapters';
import { partitionOfEvent } from '@serendip/events-domain';
import { InMemoryEventLog } from '@serendip/events-domain/testing';
import { openObjectStore } from '@serendip/platform-objects';
import { create, events, toBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { Archiver } from '../archive/archiver.js';
import { DataSets } from './data-sets.js';
import { writeExport } from './export/write-export.js';

/** A Python with what `examples/datasets/requirements.txt` names. */
const python = process.env.SERENDIP_PYTHON ?? 'python3';
const examples = join(dirname(fileURLToPath(import.meta.url)), '../../../../examples/datasets');
const START_MS = Date.UTC(2026, 10, 20);

const token = Buffer.from(JSON.stringify({ recommendationId: 'r1' })).toString('base64url');
const event = (eventId: string, fields: MessageInitShape<typeof events.EventSchema>): events.Event => create(events.EventSchema, { eventId, tenant: 'shop', eventTimeMs: START_MS, receivedAtMs: START_MS, userId: 'ann', ...fields });
const happened = [
  event('a', { type: 'view', items: [{ itemId: 'i1', price: 2.5 }, { itemId: 'i2' }], context: { device: 'tv', attributes: { rain: { value: { case: 'flag', value: true } } } } }),
  event('b', { type: 'view', userId: '', anonymousId: 'v1', items: [{ itemId: 'i1' }], eventTimeMs: START_MS + 86_400_000 }),
  event('c', { type: 'click', items: [{ itemId: 'i2' }], attributionToken: `${token}.signature`, eventTimeMs: START_MS + 1000 }),
  event('d', {
    type: '$served', payload: {
      case: 'served', value: {
        recommendationId: 'r1', items: [{ itemId: 'i1', ordinal: 0, score: 1, propensity: 1 }, { itemId: 'i2', ordinal: 1, score: 0.5, propensity: 0.5, explored: true }],
        featureNames: ['a'], featureOrdinals: bytesOf(Int32Array.of(0, 1)), features: bytesOf(Float32Array.of(1, 2)),
      },
    },
  }),
];

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tools-'));
  const objects = openObjectStore(`file:${join(folder, 'objects')}`);
  const log = new InMemoryEventLog();
  await log.append(happened.map((each) => ({ partition: partitionOfEvent(each), bytes: toBinary(events.EventSchema, each) })));
  const archive = new ParquetArchive(objects);
  const now = (): number => START_MS;
  const writer = await ArchiveWriter.open({ objects, archive, versions: {}, now });
  await new Archiver({ objects, log, positions: log.positions, archive, writer, retention: { ageMs: 1, bytes: 1 }, now }).archiveNow();
  const dataSets = new DataSets({ objects, archive, now });
  const dataSet = await dataSets.create({ tenant: 'shop', fromMs: START_MS, toMs: START_MS + 2 * 86_400_000 });
  const options = { outcomeHours: 24, features: 'served' } as const;
  const { files } = await writeExport({ objects, archive, dataSets, dataSet, options, settings: { placements: [], models: [] }, onProgress: () => undefined, signal: { aborted: false } });
  const save = async (key: string, path: string): Promise<void> => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, (await objects.get(key))!);
  };
  for (const { key, path } of files) await save(key, join(folder, 'tables', path));
  for (const { key, day } of (await dataSets.files(dataSet)).files) await save(key, join(folder, 'events/events', `day=${day}`, key.slice(key.lastIndexOf('/') + 1)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the examples for data scientists', () => {
  it.each(['with_duckdb.py', 'with_pandas.py'])('%s reads events and tables', (script) => {
    const output = execFileSync(python, [join(examples, script), join(folder, 'events'), join(folder, 'tables')], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      types: { click: { events: 1, people: 1 }, view: { events: 2, people: 2 } },
      items: [{ item: 'i1', shown: 1, clickthrough: 0 }, { item: 'i2', shown: 1, clickthrough: 1 }],
    });
  });
});
