import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { training } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';

/** Trains at once; knows one data set and its export, and archives one record at each call to create one. */
@Controller()
export class FakeTrainer {
  recordsToArchive = 1;
  dataset = {
    id: 'ds_1', fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 2), createdAtMs: Date.UTC(2026, 10, 3), rows: 2, commit: 4, versions: { event: '1' },
    files: [{ path: 'events/day=2026-11-01/1.parquet', key: 'archive/1.parquet', sha256: 'ab', bytes: 9, rows: 2 }],
  };
  created: training.CreateDatasetRequest | undefined;

  @Rpc(training.TrainerService, 'startTraining')
  async startTraining({ tenant }: training.StartTrainingRequest) {
    return { run: { id: 'run-1', tenant, state: training.TrainingState.RUNNING, stage: 'reading' } };
  }

  @Rpc(training.TrainerService, 'watchTraining')
  async *watchTraining({ runId }: training.WatchTrainingRequest) {
    if (runId === 'run-1') yield { run: { id: runId, tenant: 'default', state: training.TrainingState.SUCCEEDED, stage: 'done', progress: 1 } };
  }

  @Rpc(training.DatasetService, 'createDataset')
  async createDataset(request: training.CreateDatasetRequest) {
    this.created = request;
    return this.recordsToArchive-- > 0 ? { recordsToArchive: this.recordsToArchive + 1 } : { dataset: this.dataset };
  }

  /** What was taken out of the archive; undefined while it can't be written. */
  erased: { readonly records: number; readonly files: number } | undefined = { records: 4, files: 3 };

  @Rpc(training.DatasetService, 'archiveErasures')
  async archiveErasures() {
    if (this.erased === undefined) throw new DomainError('UNAVAILABLE', 'ARCHIVE_FAILED', 'The disk is full.');
    return this.erased;
  }

  @Rpc(training.DatasetService, 'listDatasets')
  async listDatasets() {
    return { datasets: [{ ...this.dataset, files: [] }] };
  }

  @Rpc(training.DatasetService, 'getDataset')
  async getDataset({ datasetId }: training.GetDatasetRequest) {
    if (datasetId !== this.dataset.id) throw new DomainError('NOT_FOUND', 'DATASET_UNKNOWN', 'There is no such data set.');
    return { dataset: this.dataset };
  }

  @Rpc(training.DatasetService, 'startExport')
  async startExport({ options }: training.StartExportRequest) {
    return { export: { id: 'ex_1', datasetId: 'ds_1', state: training.ExportState.RUNNING, stage: `${options?.outcomeHours} hours` } };
  }

  @Rpc(training.DatasetService, 'getExport')
  async getExport() {
    return { export: { id: 'ex_1', datasetId: 'ds_1', state: training.ExportState.SUCCEEDED, stage: 'done', progress: 1, files: [{ ...this.dataset.files[0]!, path: 'examples/part-00001.parquet' }], featureNames: ['a'] } };
  }
}
