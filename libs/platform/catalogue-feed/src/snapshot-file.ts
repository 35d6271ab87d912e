import { ITEM_STATISTICS_WIDTH } from '@serendip/shared-layouts';
import type { AttributeValue, CatalogueItem, ItemColumns } from '@serendip/shared-catalogue';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';

/** Told apart from every other format; a file of another one is no snapshot. */
const MAGIC = Buffer.from('SRNDCAT2');
const ROWS_PER_BLOCK = 500;
const BLOCK_HEADER_BYTES = 8;

interface Header {
  readonly tenant: string;
  readonly positions: Uint8Array;
  readonly rows: number;
  /** Columns of item statistics. */
  readonly statistics: number;
}

/** Consecutive rows, column by column. */
interface Block {
  readonly ordinal: Int32Array;
  readonly version: Uint32Array;
  readonly live: Uint8Array;
  readonly price: Float64Array;
  readonly publishedAtMs: Float64Array;
  readonly expiresAtMs: Float64Array;
  readonly statistics: Float64Array;
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  readonly categories: readonly (readonly string[])[];
  readonly tags: readonly (readonly string[])[];
  readonly attributes: readonly Readonly<Record<string, AttributeValue>>[];
}

/**
 * Writes the columns to a file, which is replaced whole or not at all; one process at a time writes it. `positions` must have been taken before or
 * with the call: rows that change meanwhile are newer than the positions say, and following from there repeats them.
 */
export async function writeSnapshot(path: string, { tenant, positions, columns }: { tenant: string; positions: Uint8Array; columns: ItemColumns }): Promise<void> {
  const rows = columns.size;
  const header: Header = { tenant, positions: positions.slice(), rows, statistics: ITEM_STATISTICS_WIDTH };
  const partial = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(partial, 'w');
  try {
    await file.appendFile(Buffer.concat([MAGIC, framed(header)]));
    for (let from = 0; from < rows; from += ROWS_PER_BLOCK) {
      await file.appendFile(framed(blockOf(columns, from, Math.min(rows, from + ROWS_PER_BLOCK))));
    }
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** Reads a snapshot into empty columns and answers its positions; undefined when there is no file. Throws when the file is damaged, of another tenant or of another format. */
export async function readSnapshot(path: string, { tenant, columns }: { tenant: string; columns: ItemColumns }): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('This is not a catalogue snapshot of this version.');
  const blocks = unframed(bytes.subarray(MAGIC.length));
  const header = blocks.next().value as Header | undefined;
  if (header === undefined || header.tenant !== tenant) throw new Error('This catalogue snapshot belongs to another tenant.');
  if (header.statistics !== ITEM_STATISTICS_WIDTH) throw new Error('This catalogue snapshot has other statistics than this version.');
  for (const block of blocks) apply(block as Block, columns);
  if (columns.size !== header.rows) throw new Error('This catalogue snapshot is cut short.');
  return Uint8Array.from(header.positions);
}

function framed(value: unknown): Buffer {
  const payload = serialize(value);
  const frame = Buffer.alloc(BLOCK_HEADER_BYTES);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([frame, payload]);
}

function* unframed(bytes: Buffer): Generator<unknown, undefined> {
  for (let at = 0; at < bytes.length;) {
    if (at + BLOCK_HEADER_BYTES > bytes.length) throw new Error('This catalogue snapshot is cut short.');
    const end = at + BLOCK_HEADER_BYTES + bytes.readUInt32LE(at);
    const payload = bytes.subarray(at + BLOCK_HEADER_BYTES, end);
    if (end > bytes.length || crc32(payload) !== bytes.readUInt32LE(at + 4)) throw new Error('This catalogue snapshot is damaged.');
    yield deserialize(payload);
    at = end;
  }
  return undefined;
}

function blockOf(columns: ItemColumns, from: number, to: number): Block {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return {
    ordinal: columns.ordinal.slice(from, to),
    version: columns.version.slice(from, to),
    live: columns.live.slice(from, to),
    price: columns.price.slice(from, to),
    publishedAtMs: columns.publishedAtMs.slice(from, to),
    expiresAtMs: columns.expiresAtMs.slice(from, to),
    statistics: columns.statisticsOf(from, to),
    ids: rows.map((row) => columns.id(row)),
    titles: rows.map((row) => columns.title(row)),
    categories: rows.map((row) => Array.from(columns.categoriesOf(row), (category) => columns.categories.name(category))),
    tags: rows.map((row) => Array.from({ length: columns.tagCount(row) }, (_, i) => columns.tag(row, i)!)),
    attributes: rows.map((row) => columns.attributesOf(row)),
  };
}

function apply(block: Block, columns: ItemColumns): void {
  columns.apply(Array.from(block.ids, (id, i): CatalogueItem => ({
    id,
    ordinal: block.ordinal[i]!,
    version: block.version[i]!,
    deleted: false,
    available: block.live[i] === 1,
    title: block.titles[i]!,
    categories: block.categories[i]!,
    tags: block.tags[i]!,
    price: block.price[i]!,
    publishedAtMs: block.publishedAtMs[i]!,
    expiresAtMs: block.expiresAtMs[i]!,
    attributes: block.attributes[i]!,
  })));
  columns.applyStatistics(block.ordinal, block.statistics);
}
