import { createHash } from 'node:crypto';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { throwIfCancelled, type CancelSignal } from '@serendip/training-domain';
import type { EventFile, ParquetArchive } from '@serendip/events-adapters';
import { RANKING_FEATURE_NAMES } from '@serendip/ranking-domain';
import { replaySlates } from '../replay/replay-slates.js';
import { ReplayedState } from '../replay/replayed-state.js';
import type { ReplaySettings } from '../replay/settings.js';
import { SlateFeatures } from '../replay/slate-features.js';
import type { DataSet } from '../data-set.js';
import type { DataSets } from '../data-sets.js';
import { EVENT_FIELDS, SERVED_FIELDS, SLATE_FIELDS, eventRows, type EventRow, type Reading, type ServedRow } from './event-row.js';
import { Outcomes } from './outcomes.js';
import { exampleColumns, interactionColumns, type Example, type Interaction } from './tables.js';
import { TableWriter, type ExportedFile } from './table-writer.js';

export interface ExportOptions {
  /** Hours after a slate in which what is attributed to it counts as its outcome. */
  readonly outcomeHours: number;
  /** `served`: as the ranker saw them, made again only where they were not logged. `replayed`: all made again. */
  readonly features: 'served' | 'replayed';
}

/** What an export is: written last, so that it is there once all of it is. */
export interface ExportManifest {
  readonly format: number;
  readonly id: string;
  readonly dataSet: string;
  readonly options: ExportOptions;
  readonly files: readonly ExportedFile[];
  readonly featureNames: readonly string[];
}

export interface ExportTask {
  readonly objects: ObjectStore;
  readonly archive: ParquetArchive;
  readonly dataSets: Pick<DataSets, 'files'>;
  readonly dataSet: DataSet;
  readonly settings: ReplaySettings;
  readonly options: ExportOptions;
  readonly onProgress: (stage: string, share: number) => void;
  readonly signal: CancelSignal;
}

/** Counts up when the same data set makes other tables. */
const FORMAT = 2;
const HEX = 32;
const HOUR_MS = 3_600_000;

/** The id of an export: the same data set and options (and, where all is made again, the same configuration), the same tables. */
export function exportIdOf({ id }: Pick<DataSet, 'id'>, { outcomeHours, features }: ExportOptions, settings: ReplaySettings): string {
  return `ex_${createHash('sha256').update(JSON.stringify([FORMAT, id, outcomeHours, ...(features === 'replayed' ? [settings] : [])])).digest('hex').slice(0, HEX)}`;
}

export const exportsFolder = (tenant: string): string => `exports/${tenant}/`;
export const exportFolder = (tenant: string, id: string): string => `${exportsFolder(tenant)}${id}/`;
export const exportManifestKey = (tenant: string, id: string): string => `${exportFolder(tenant, id)}manifest.json`;

/**
 * Writes the tables of a data set: `interactions`, then `examples`, which join slates as they were served with what came of them. Leaves nothing when it
 * fails. Throws ABORTED/DATASET_REWRITTEN when somebody was erased from the data set meanwhile.
 */
export async function writeExport(task: ExportTask): Promise<ExportManifest> {
  const { objects, dataSet: { tenant } } = task;
  const id = exportIdOf(task.dataSet, task.options, task.settings);
  try {
    return await writeTables(task, id);
  } catch (error) {
    await objects.delete(exportManifestKey(tenant, id));
    for (const key of await objects.list(exportFolder(tenant, id))) await objects.delete(key);
    throw error;
  }
}

async function writeTables(task: ExportTask, id: string): Promise<ExportManifest> {
  const { objects, dataSets, dataSet, options } = task;
  const folder = exportFolder(dataSet.tenant, id);
  const { files } = await dataSets.files(dataSet);
  const reading = { objects, files, fromMs: dataSet.fromMs, toMs: dataSet.toMs };
  const outcomes = new Outcomes(options.outcomeHours * HOUR_MS);
  const interactions = await writeInteractions(task, { reading, folder, outcomes });
  const { featureNames, unlogged } = await featuresLogged(task, reading);
  const replayed = unlogged.length === 0 ? new Map<string, Float32Array>() : await replayFeatures(task, unlogged, featureNames);
  const examples = await writeExamples(task, { reading, folder, outcomes, featureNames, replayed });
  const manifest: ExportManifest = { format: FORMAT, id, dataSet: dataSet.id, options, files: [...examples, ...interactions], featureNames };
  await objects.put(exportManifestKey(dataSet.tenant, id), Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
  // Looked at last: an erasure writes files anew before it removes exports, so that it finds this one whole, or this finds the erasure.
  const { files: current } = await dataSets.files(dataSet);
  if (keysOf(current) !== keysOf(files)) throw new DomainError('ABORTED', 'DATASET_REWRITTEN', 'Somebody was erased from the data set while it was being exported: start the export again.');
  return manifest;
}

const keysOf = (files: readonly EventFile[]): string => files.map(({ key }) => key).join();

interface Stage {
  readonly reading: Reading;
  readonly folder: string;
  readonly outcomes: Outcomes;
}

/** Writes what people did, and remembers what came of slates. */
async function writeInteractions(task: ExportTask, { reading, folder, outcomes }: Stage): Promise<readonly ExportedFile[]> {
  const table = new TableWriter<Interaction>(task.objects, folder, { name: 'interactions', columns: interactionColumns });
  for await (const event of counted(task, 'interactions', eventRows<EventRow>(reading, EVENT_FIELDS))) {
    if (event.type.startsWith('$')) continue;
    outcomes.add(event);
    for (const { item_id: itemId, quantity, price } of event.items ?? []) await table.add({ event, itemId, quantity, price });
  }
  return table.end();
}

/** Every feature that some slate was logged with, in the order in which they first come, or all that are declared; and the slates whose features are to be made again. */
async function featuresLogged(task: ExportTask, reading: Reading): Promise<{ readonly featureNames: readonly string[]; readonly unlogged: readonly ServedRow[] }> {
  const names = new Set<string>();
  const unlogged: ServedRow[] = [];
  for await (const row of counted(task, 'features', eventRows<ServedRow>(reading, SLATE_FIELDS))) {
    if (row.type !== '$served') continue;
    for (const name of row.served_feature_names ?? []) names.add(name);
    if (task.options.features === 'replayed' || row.served_feature_names === undefined) unlogged.push(row);
  }
  return { featureNames: names.size > 0 ? [...names] : RANKING_FEATURE_NAMES, unlogged };
}

/** Features of slates by their id, row after row, made again from the archive. */
async function replayFeatures({ objects, archive, dataSet: { tenant }, settings, onProgress, signal }: ExportTask, slates: readonly ServedRow[], names: readonly string[]): Promise<ReadonlyMap<string, Float32Array>> {
  const state = new ReplayedState(tenant);
  let features: SlateFeatures | undefined;
  const made = new Map<string, Float32Array>();
  await replaySlates({
    tenant, archive, state, slates, signal, onProgress: (share) => onProgress('replay', share),
    onSlate: async (slate, userState) => {
      features ??= await SlateFeatures.open({ tenant, objects, state, settings, names });
      made.set(slate.served_recommendation_id, await features.of(slate, userState));
    },
  });
  return made;
}

interface ExampleStage extends Stage {
  readonly featureNames: readonly string[];
  readonly replayed: ReadonlyMap<string, Float32Array>;
}

async function writeExamples(task: ExportTask, { reading, folder, outcomes, featureNames, replayed }: ExampleStage): Promise<readonly ExportedFile[]> {
  const table = new TableWriter<Example>(task.objects, folder, { name: 'examples', columns: exampleColumns(outcomes.types, featureNames) });
  for await (const slate of counted(task, 'examples', eventRows<ServedRow>(reading, SERVED_FIELDS))) {
    if (slate.type !== '$served') continue;
    for (const [place, { item_id: itemId }] of slate.served_items.entries()) {
      const logged = task.options.features === 'served' ? featuresOf(slate, place, featureNames) : undefined;
      const features = logged ?? replayedRow(replayed.get(slate.served_recommendation_id), place, featureNames.length);
      await table.add({
        slate, place, outcomes: outcomes.of(slate.served_recommendation_id, itemId, slate.event_time),
        features: features ?? new Float32Array(featureNames.length).fill(NaN), featuresFrom: features === undefined ? undefined : logged === undefined ? 'replayed' : 'served',
      });
    }
  }
  return table.end();
}

/** An item's features as they were served; undefined where they were not logged. */
function featuresOf({ served_items: items, served_feature_names: logged = [], served_feature_ordinals: ordinals = [], served_features: values = [] }: ServedRow, place: number, names: readonly string[]): Float32Array | undefined {
  const row = ordinals.indexOf(items[place]!.ordinal ?? -1);
  if (row < 0) return undefined;
  return Float32Array.from(names, (name) => {
    const column = logged.indexOf(name);
    return column < 0 ? NaN : values[row * logged.length + column]!;
  });
}

/** Undefined where nothing of it could be made again. */
function replayedRow(rows: Float32Array | undefined, place: number, width: number): Float32Array | undefined {
  const row = rows?.subarray(place * width, (place + 1) * width);
  return row?.some((value) => !Number.isNaN(value)) === true ? row : undefined;
}

const LOOK_EVERY = 5000;

/** Tells how far a stage is, and ends it when it is cancelled. */
async function* counted<Row>({ dataSet, onProgress, signal }: ExportTask, stage: string, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  let done = 0;
  for await (const row of rows) {
    if (done++ % LOOK_EVERY === 0) {
      throwIfCancelled(signal);
      onProgress(stage, done / dataSet.rows);
    }
    yield row;
  }
  onProgress(stage, 1);
}
