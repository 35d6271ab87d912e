import { createHash } from 'node:crypto';
import { z } from 'zod';

const file = z.object({
  /** The commit of the archive that it belongs to. */
  commit: z.number().int(),
  /** YYYY-MM-DD. */
  day: z.string(),
  sha256: z.string(), bytes: z.number().int(), rows: z.number().int(),
});

const dataSet = z.object({
  format: z.literal(1),
  id: z.string(),
  tenant: z.string(),
  /** Event times, epoch milliseconds: `fromMs` inclusive, `toMs` exclusive. Files may hold events of the same day that are outside. */
  fromMs: z.number(),
  toMs: z.number(),
  createdAtMs: z.number(),
  /** The newest commit of the archive when it was made. */
  commit: z.number().int(),
  /** Events between the two times. */
  rows: z.number().int(),
  /** What the files were written by; several values of one name are separated by commas. */
  versions: z.record(z.string(), z.string()),
  files: z.array(file),
});

/** A version of what happened between two times: it names files of the archive and never changes. */
export type DataSet = Readonly<z.infer<typeof dataSet>>;
export type DataSetFile = DataSet['files'][number];

const ID = /^ds_[0-9a-f]{32}$/;
const HEX = 32;

export const isDataSetId = (id: string): boolean => ID.test(id);
export const dataSetPrefix = (tenant: string): string => `datasets/${tenant}/`;
export const dataSetKey = (tenant: string, id: string): string => `${dataSetPrefix(tenant)}${id}.json`;

export const encodeDataSet = (value: DataSet): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
export const decodeDataSet = (bytes: Uint8Array): DataSet => dataSet.parse(JSON.parse(Buffer.from(bytes).toString()));

/** The id of a data set: a hash of its times and of what is in its files, so that the same is the same version whenever it is made. */
export function dataSetIdOf({ tenant, fromMs, toMs, files }: Pick<DataSet, 'tenant' | 'fromMs' | 'toMs' | 'files'>): string {
  const content = JSON.stringify([tenant, fromMs, toMs, files.map(({ day, sha256 }) => [day, sha256])]);
  return `ds_${createHash('sha256').update(content).digest('hex').slice(0, HEX)}`;
}
