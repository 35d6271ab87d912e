import { Controller } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import { Rpc, type Handlers } from '@serendip/platform-grpc';
import { training, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { ArchiveThread } from '../archive/archive-thread.js';
import type { DataSet } from './data-set.js';
import { DataSets } from './data-sets.js';
import { Exports, type ExportState } from './export/exports.js';
import type { ExportOptions } from './export/write-export.js';
import { replaySettings } from './replay/replay-settings.js';

const { ExportState: States } = training;
const states = { running: States.RUNNING, succeeded: States.SUCCEEDED, failed: States.FAILED } as const;
/** As long as one call waits for the archive. */
const ARCHIVE_MS = 2000;
const OUTCOME_HOURS = 24;

/** Data sets and their exports over gRPC. */
@Controller()
export class DataSetsController implements Handlers<typeof training.DatasetService> {
  constructor(private readonly dataSets: DataSets, private readonly exports: Exports, private readonly archive: ArchiveThread, private readonly watcher: ConfigWatcher) {}

  @Rpc(training.DatasetService, 'createDataset')
  async createDataset({ tenant, fromMs, toMs }: training.CreateDatasetRequest) {
    if (!(fromMs >= 0 && toMs > fromMs)) throw new DomainError('INVALID_ARGUMENT', 'PERIOD_INVALID', 'A data set ends after it begins.');
    if (!(await this.archiveAll())) return { recordsToArchive: this.archive.state?.lag ?? 0 };
    return { dataset: await this.message(await this.dataSets.create({ tenant, fromMs, toMs })) };
  }

  @Rpc(training.DatasetService, 'listDatasets')
  async listDatasets({ tenant }: training.ListDatasetsRequest) {
    return { datasets: (await this.dataSets.list(tenant)).map(facts) };
  }

  @Rpc(training.DatasetService, 'getDataset')
  async getDataset({ tenant, datasetId }: training.GetDatasetRequest) {
    return { dataset: await this.message(await this.dataSets.get(tenant, datasetId)) };
  }

  @Rpc(training.DatasetService, 'startExport')
  async startExport({ tenant, datasetId, options }: training.StartExportRequest) {
    const dataSet = await this.dataSets.get(tenant, datasetId);
    return { export: exportMessage(await this.exports.start(dataSet, exportOptions(options), replaySettings(this.watcher.tenant(tenant)))) };
  }

  @Rpc(training.DatasetService, 'getExport')
  async getExport({ tenant, datasetId, exportId }: training.GetExportRequest) {
    return { export: exportMessage(await this.exports.get(tenant, datasetId, exportId)) };
  }

  @Rpc(training.DatasetService, 'archiveErasures')
  async archiveErasures() {
    return (await this.archive.archiveNow()).erased;
  }

  /** Whether all is archived that was acknowledged before; false when that takes longer than a call should. */
  private async archiveAll(): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<false>();
    const timer = setTimeout(() => resolve(false), ARCHIVE_MS);
    const archived = this.archive.archiveNow().then(() => true);
    archived.catch(() => undefined);
    return Promise.race([archived, late]).finally(() => clearTimeout(timer));
  }

  private async message(dataSet: DataSet): Promise<MessageInitShape<typeof training.DatasetSchema>> {
    const { files, rewritten } = await this.dataSets.files(dataSet);
    return {
      ...facts(dataSet), rewrittenFiles: rewritten,
      files: files.map(({ day, key, sha256, bytes, rows }) => ({ path: `events/day=${day}/${key.slice(key.lastIndexOf('/') + 1)}`, key, sha256, bytes, rows })),
    };
  }
}

function exportOptions(options: training.ExportOptions | undefined): ExportOptions {
  return { outcomeHours: options?.outcomeHours || OUTCOME_HOURS, features: options?.features === training.ExportFeatures.REPLAYED ? 'replayed' : 'served' };
}

const facts = ({ id, fromMs, toMs, createdAtMs, commit, rows, versions }: DataSet) => ({ id, fromMs, toMs, createdAtMs, commit, rows, versions });

function exportMessage({ id, dataSet, state, stage, progress, manifest, error = '' }: ExportState): MessageInitShape<typeof training.DatasetExportSchema> {
  return {
    id, datasetId: dataSet, state: states[state], stage, progress, error, files: manifest?.files.map((file) => ({ ...file })) ?? [], featureNames: [...(manifest?.featureNames ?? [])],
  };
}
