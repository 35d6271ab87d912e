import { openFile, type EventFile, type ParquetArchive } from '@serendip/events-adapters';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import { dataSetIdOf, dataSetKey, dataSetPrefix, decodeDataSet, encodeDataSet, isDataSetId, type DataSet } from './data-set.js';

const DAY_MS = 86_400_000;
const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`);

export interface Period {
  readonly tenant: string;
  /** Event times, epoch milliseconds: `fromMs` inclusive, `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A data set's files as they are now. */
export interface CurrentFiles {
  readonly files: readonly EventFile[];
  /** How many were written anew, or are gone, since it was made: somebody was erased. */
  readonly rewritten: number;
}

export interface DataSetsParts {
  readonly objects: ObjectStore;
  readonly archive: ParquetArchive;
  readonly now: () => number;
}

/** The data sets of every tenant, kept as manifests beside the archive. */
export class DataSets {
  constructor(private readonly parts: DataSetsParts) {}

  /** Names what the archive has of a period; what has been named before is answered as it is. FAILED_PRECONDITION/DATASET_EMPTY when it has nothing. */
  async create({ tenant, fromMs, toMs }: Period): Promise<DataSet> {
    const { objects, archive, now } = this.parts;
    await archive.refresh();
    const commits = await archive.commits();
    const inside = ({ tenant: owner, day }: EventFile): boolean => owner === tenant && startOf(day) < toMs && startOf(day) + DAY_MS > fromMs;
    const found = commits.flatMap(({ commit, events }) => events.filter(inside).map((file) => ({ commit, file }))).sort((a, b) => (a.file.day < b.file.day ? -1 : a.file.day > b.file.day ? 1 : a.commit - b.commit));
    const files = found.map(({ commit, file: { day, sha256, bytes, rows: all } }) => ({ commit, day, sha256, bytes, rows: all }));
    const id = dataSetIdOf({ tenant, fromMs, toMs, files });
    const known = await this.find(tenant, id);
    if (known !== undefined) return known;
    const rows = (await Promise.all(found.map(({ file }) => this.rowsIn(file, { fromMs, toMs })))).reduce((sum, count) => sum + count, 0);
    if (rows === 0) throw new DomainError('FAILED_PRECONDITION', 'DATASET_EMPTY', `Nothing happened from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}: choose other times.`);
    const used = new Set(files.map(({ commit }) => commit));
    const made: DataSet = {
      format: 1, id, tenant, fromMs, toMs, createdAtMs: now(), commit: commits.length, rows, files, versions: joined(commits.filter(({ commit }) => used.has(commit)).map(({ versions }) => versions)),
    };
    await objects.put(dataSetKey(tenant, id), encodeDataSet(made));
    return made;
  }

  /** Newest first. */
  async list(tenant: string): Promise<readonly DataSet[]> {
    const keys = await this.parts.objects.list(dataSetPrefix(tenant));
    const read = await Promise.all(keys.map(async (key) => this.parts.objects.get(key)));
    return read.flatMap((bytes) => (bytes === undefined ? [] : [decodeDataSet(bytes)])).sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  /** NOT_FOUND/DATASET_UNKNOWN. */
  async get(tenant: string, id: string): Promise<DataSet> {
    const found = isDataSetId(id) ? await this.find(tenant, id) : undefined;
    if (found === undefined) throw new DomainError('NOT_FOUND', 'DATASET_UNKNOWN', `There is no data set '${id}'.`);
    return found;
  }

  /** The files that a data set names, by day and commit. */
  async files({ tenant, files }: DataSet): Promise<CurrentFiles> {
    const commits = [...new Set(files.map(({ commit }) => commit))];
    const manifests = new Map(await Promise.all(commits.map(async (commit) => [commit, await this.parts.archive.reload(commit)] as const)));
    const current: EventFile[] = [];
    let rewritten = 0;
    for (const { commit, day, sha256 } of files) {
      const file = manifests.get(commit)!.events.find((each) => each.tenant === tenant && each.day === day);
      if (file?.sha256 !== sha256) rewritten++;
      if (file !== undefined) current.push(file);
    }
    return { files: current.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.key < b.key ? -1 : 1)), rewritten };
  }

  private async find(tenant: string, id: string): Promise<DataSet | undefined> {
    const bytes = await this.parts.objects.get(dataSetKey(tenant, id));
    return bytes === undefined ? undefined : decodeDataSet(bytes);
  }

  /** Days at the edges are in it in part only. */
  private async rowsIn(file: EventFile, { fromMs, toMs }: Pick<Period, 'fromMs' | 'toMs'>): Promise<number> {
    if (startOf(file.day) >= fromMs && startOf(file.day) + DAY_MS <= toMs) return file.rows;
    const rows = await (await openFile(this.parts.objects, file)).rows({ columns: ['event_time'] });
    return rows.filter(({ event_time: at }) => (at as number) >= fromMs && (at as number) < toMs).length;
  }
}

/** All values of each name, each once. */
function joined(versions: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const names = [...new Set(versions.flatMap((each) => Object.keys(each)))].sort();
  return Object.fromEntries(names.map((name) => [name, [...new Set(versions.flatMap((each) => each[name] ?? []))].sort().join(',')]));
}
