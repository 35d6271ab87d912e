import { Controller, Get } from '@nestjs/common';
import type { z } from 'zod';
import { Clients } from '../clients.js';
import { Needs } from '../http/access.guard.js';
import { Traced, type Trace } from '../http/trace.js';
import type { shardsAnswer } from './shards-schema.js';

/** Who applies which partition of the log, and how far. */
@Controller('v1/shards')
export class ShardsController {
  constructor(private readonly clients: Clients) {}

  @Get()
  @Needs('secret')
  async list(@Traced() trace: Trace): Promise<z.infer<typeof shardsAnswer>> {
    const { partitions } = await this.clients.featureStore.getProgress({}, trace);
    return {
      partitions: partitions.map(({ partition, owner, cursor, logEnd, lagRecords, lagSeconds }) => ({
        partition, ...(owner === '' ? {} : { owner }), position: cursor, logEnd, lag: lagRecords, oldestUnappliedSeconds: lagSeconds,
      })),
    };
  }
}
