/** Looks for somebody in everything that a stack has left on the disk: keys and values of every database, and the bytes of every other file. */
import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { partitionOfEvent } from '@serendip/events-domain';
import { openEventLog } from '@serendip/events-adapters';
import { events, fromBinary } from '@serendip/shared-contracts';
import { PARTITIONS, anonymousEntity, hash64, userEntity } from '@serendip/shared-identity';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { open, type Database } from 'lmdb';

const DATABASE = 'data.mdb';
const LOCK = 'lock.mdb';
const BLOCK = 4 * 1024 * 1024;

/** Where somebody was found: the file, and what of it. */
export interface Hit {
  readonly place: string;
  readonly what: string;
}

export interface Search {
  /** Files, and entries of databases, that were looked at. */
  readonly looked: number;
  readonly hits: readonly Hit[];
  /** Database files that still have bytes of somebody in pages that are free. */
  readonly inFreePages: readonly string[];
}

/** Everything that stands for a person: each id, and the hash of each under which it may be kept, as bytes and as text. */
export function signsOf(tenant: string, ids: { readonly userId: string; readonly anonymousIds: readonly string[] }): readonly Buffer[] {
  const named = [{ id: ids.userId, entity: userEntity(ids.userId) }, ...ids.anonymousIds.map((id) => ({ id, entity: anonymousEntity(id) }))];
  return named.flatMap(({ id, entity }) => [Buffer.from(id), ...[id, entity, `${tenant}\0${entity}`].flatMap(hashesOf)]);
}

function hashesOf(text: string): readonly Buffer[] {
  const { lo, hi } = hash64(text);
  const [big, little] = [Buffer.alloc(8), Buffer.alloc(8)];
  big.writeUInt32BE(hi, 0);
  big.writeUInt32BE(lo, 4);
  little.writeUInt32LE(lo, 0);
  little.writeUInt32LE(hi, 4);
  return [big, little, Buffer.from(big.toString('hex'))];
}

const hasOne = (bytes: Buffer, signs: readonly Buffer[]): boolean => signs.some((sign) => bytes.includes(sign));

/** Every file below a folder but those of the log itself, which `searchLog` reads. */
export async function searchFolder(folder: string, signs: readonly Buffer[]): Promise<Search> {
  const hits: Hit[] = [];
  const inFreePages: string[] = [];
  let looked = 0;
  for (const file of filesIn(folder)) {
    const place = relative(folder, file);
    const isDatabase = file.endsWith(`/${DATABASE}`);
    const inEntries = isDatabase ? await searchDatabase(dirname(file), { signs, place, isLog: place === `log/${DATABASE}` }) : undefined;
    looked += inEntries?.looked ?? 1;
    hits.push(...inEntries?.hits ?? []);
    if (file.endsWith('.parquet') && await parquetHas(file, signs)) hits.push({ place, what: 'its rows' });
    if (file.endsWith(`/${LOCK}`) || place === `log/${DATABASE}` || !fileHas(file, signs)) continue;
    if (!isDatabase) hits.push({ place, what: 'its bytes' });
    else if (inEntries!.hits.length === 0) inFreePages.push(place);
  }
  return { looked, hits, inFreePages };
}

function* filesIn(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

/** Pages may be compressed, so rows are read. */
async function parquetHas(file: string, signs: readonly Buffer[]): Promise<boolean> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), utf8: false });
  return rows.some((row) => Object.values(row).some((value) => hasOne(bytesOf(value), signs)));
}

function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Buffer.from(typeof value === 'object' && value !== null ? JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) : String(value));
}

/** In blocks that overlap by more than any sign is long. */
function fileHas(file: string, signs: readonly Buffer[]): boolean {
  const overlap = Math.max(...signs.map(({ length }) => length));
  const block = Buffer.alloc(BLOCK);
  const descriptor = openSync(file, 'r');
  try {
    for (let at = 0; at < statSync(file).size; at += BLOCK - overlap) {
      const read = readSync(descriptor, block, 0, BLOCK, at);
      if (hasOne(block.subarray(0, read), signs)) return true;
    }
    return false;
  } finally {
    closeSync(descriptor);
  }
}

async function searchDatabase(path: string, { signs, place, isLog }: { readonly signs: readonly Buffer[]; readonly place: string; readonly isLog: boolean }): Promise<{ readonly looked: number; readonly hits: readonly Hit[] }> {
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
  const root = open<Buffer, Buffer>(path, { ...binary, readOnly: true, maxDbs: 32 });
  const hits: Hit[] = [];
  let looked = 0;
  const look = (table: string, key: Buffer, value: Buffer): void => {
    looked++;
    if (hasOne(key, signs)) hits.push({ place, what: `a key of ${table}` });
    if (hasOne(value, signs)) hits.push({ place, what: `a value of ${table}` });
  };
  for (const key of [...root.getKeys()]) {
    const name = key.toString().replace(/\0$/, '');
    if (isLog && name === 'records') continue;
    // What is no table of its own is an entry of the first one.
    const table = root.openDB<Buffer, Buffer>({ ...binary, name }) as Database<Buffer, Buffer> | undefined;
    if (table === undefined) look('the first table', key, root.get(key)!);
    else for (const entry of table.getRange()) look(name, entry.key, entry.value);
  }
  await root.close();
  return { looked, hits };
}

export interface LogSearch {
  readonly records: number;
  /** `$erase` records of the person: the suppression. */
  readonly suppressions: number;
  /** Records that name the person and that a suppression hides. */
  readonly hidden: number;
  /** Records that name the person and that nothing hides. */
  readonly hits: readonly Hit[];
}

/** Every record of the log that has a sign of somebody. */
export async function searchLog(folder: string, signs: readonly Buffer[]): Promise<LogSearch> {
  const log = await openEventLog(`lmdb:${join(folder, 'log')}`, { mode: 'reader' });
  const found: { readonly partition: number; readonly position: number; readonly event: events.Event }[] = [];
  let records = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (let from = 0, read = await log.read(partition, from, 1000); read.length > 0; read = await log.read(partition, from, 1000)) {
      records += read.length;
      for (const { position, bytes } of read) if (hasOne(Buffer.from(bytes), signs)) found.push({ partition, position, event: fromBinary(events.EventSchema, bytes) });
      from = read.at(-1)!.position + 1;
    }
  }
  await log.close();
  const whose = (event: events.Event): string => `${partitionOfEvent(event)} ${event.userId} ${event.anonymousId}`;
  const erased = new Map(found.flatMap(({ event, position }) => (event.payload.case === 'erase' ? [[whose(event), position] as const] : [])));
  const others = found.filter(({ event }) => event.payload.case !== 'erase');
  const bare = others.filter(({ event, position }) => !(position < (erased.get(whose(event)) ?? 0)));
  return {
    records, suppressions: found.length - others.length, hidden: others.length - bare.length,
    hits: bare.map(({ partition, position, event: { type } }) => ({ place: 'log', what: `${type} at ${partition}/${position}` })),
  };
}
