import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import type { ObjectStore } from '@serendip/platform-objects';
import { training } from '@serendip/shared-contracts';
import type { FastifyReply } from 'fastify';
import { Clients } from '../clients.js';
import { epochMs } from '../events/event.mapper.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { OBJECTS } from '../tokens.js';
import { dataSetBody, exportBody, fileQuery } from './data-set-schema.js';
import { dataSetFacts, exportAnswerOf, wholeDataSet } from './data-set.mapper.js';
import { download, fileAt } from './object-download.js';

const CREATE_MS = 30_000;

/** Data sets: versions of what happened, and the training tables that are made of them. */
@Controller('v1/datasets')
export class DataSetsController {
  constructor(private readonly clients: Clients, @Inject(OBJECTS) private readonly objects: ObjectStore) {}

  @Post()
  @HttpCode(200)
  @Needs('secret')
  async create(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace, @Res({ passthrough: true }) reply: FastifyReply) {
    const { from, to } = dataSetBody.parse(body);
    const { dataset, recordsToArchive } = await this.clients.datasets.createDataset({ tenant, fromMs: epochMs(from), toMs: epochMs(to) }, { ...trace, timeoutMs: CREATE_MS });
    if (dataset !== undefined) return wholeDataSet(dataset);
    void reply.status(202).header('retry-after', '1');
    return { state: 'archiving', recordsToArchive };
  }

  @Get()
  @Needs('secret')
  async list(@Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { datasets } = await this.clients.datasets.listDatasets({ tenant }, trace);
    return { items: datasets.map(dataSetFacts) };
  }

  @Get(':id')
  @Needs('secret')
  async read(@Param('id') datasetId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { dataset } = await this.clients.datasets.getDataset({ tenant, datasetId }, trace);
    return wholeDataSet(dataset!);
  }

  @Get(':id/file')
  @Needs('secret')
  async readFile(@Param('id') datasetId: string, @Query() query: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { path } = fileQuery.parse(query);
    const { dataset } = await this.clients.datasets.getDataset({ tenant, datasetId }, trace);
    return this.send(fileAt(dataset!.files, path));
  }

  @Post(':id/exports')
  @HttpCode(202)
  @Needs('secret')
  async startExport(@Param('id') datasetId: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { outcomeHours = 0, features } = exportBody.parse(body === undefined ? {} : body);
    const answer = await this.clients.datasets.startExport({ tenant, datasetId, options: { outcomeHours, features: features === 'replayed' ? training.ExportFeatures.REPLAYED : training.ExportFeatures.SERVED } }, trace);
    return exportAnswerOf(answer.export!);
  }

  @Get(':id/exports/:exportId')
  @Needs('secret')
  async readExport(@Param('id') datasetId: string, @Param('exportId') exportId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const answer = await this.clients.datasets.getExport({ tenant, datasetId, exportId }, trace);
    return exportAnswerOf(answer.export!);
  }

  @Get(':id/exports/:exportId/file')
  @Needs('secret')
  async readExportFile(@Param('id') datasetId: string, @Param('exportId') exportId: string, @Query() query: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { path } = fileQuery.parse(query);
    const answer = await this.clients.datasets.getExport({ tenant, datasetId, exportId }, trace);
    return this.send(fileAt(answer.export!.files, path));
  }

  private send(file: Parameters<typeof download>[1]): StreamableFile {
    return new StreamableFile(download(this.objects, file), { type: 'application/vnd.apache.parquet', length: file.bytes });
  }
}
