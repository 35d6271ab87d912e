import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { documentOfEntry } from '@serendip/serving-adapters';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { writeBatch } from './change-batch.js';
import { ChangeLog } from './change-log.js';
import { itemBody, itemSchema, itemsBody, pageQuery } from './item-schema.js';
import { itemEvent, type Change } from './item.mapper.js';

function itemAnswer(entry: features.CatalogueEntry | undefined) {
  const document = entry === undefined ? undefined : documentOfEntry(entry);
  if (document === undefined || document.deleted) return undefined;
  return { id: document.id, ...document.fields };
}

/** The catalogue. A change is answered when it is in the log; reads see it a few milliseconds later. */
@Controller('v1')
export class ItemsController {
  constructor(private readonly clients: Clients, private readonly changes: ChangeLog) {}

  @Put('items/:id')
  @HttpCode(202)
  @Needs('secret')
  async put(@Param('id') itemId: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(itemId, body, { tenant, change: 'PUT', ...trace });
  }

  @Patch('items/:id')
  @HttpCode(202)
  @Needs('secret')
  async patch(@Param('id') itemId: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(itemId, body, { tenant, change: 'PATCH', ...trace });
  }

  @Delete('items/:id')
  @HttpCode(202)
  @Needs('secret')
  async delete(@Param('id') itemId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(itemId, {}, { tenant, change: 'DELETE', ...trace });
  }

  @Get('items/:id')
  @Needs('secret')
  async read(@Param('id') itemId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { results } = await this.clients.featureStore.readItems({ tenant, ids: [id.parse(itemId)] }, trace);
    const item = itemAnswer(results[0]?.entry);
    if (item === undefined) throw new DomainError('NOT_FOUND', 'ITEM_UNKNOWN', `There is no item '${itemId}'.`);
    return item;
  }

  @Get('items')
  @Needs('secret')
  async list(@Query() query: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { limit, cursor } = pageQuery.parse(query);
    const { entries, nextPageToken } = await this.clients.featureStore.listItems({ tenant, pageSize: limit, pageToken: cursor ?? '' }, trace);
    return { items: entries.map(itemAnswer).filter((item) => item !== undefined), ...(nextPageToken === '' ? {} : { nextCursor: nextPageToken }) };
  }

  @Post('items::batch')
  @HttpCode(202)
  @Needs('secret')
  async batch(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { items } = itemsBody.parse(body);
    return writeBatch(this.changes, tenant, { ...trace, raw: items, what: 'item', schema: itemSchema, event: (item) => itemEvent(item.id, item, { tenant, change: 'PUT' }) });
  }

  private async change(itemId: string, body: unknown, { tenant, change, traceId }: Trace & { readonly tenant: string; readonly change: Change }) {
    const input = itemBody.parse(body === undefined ? {} : body);
    if (input.id !== undefined && input.id !== itemId) {
      throw new DomainError('INVALID_ARGUMENT', 'ID_MISMATCH', `The body's id '${input.id}' is not the id '${itemId}' of the route.`);
    }
    await this.changes.write(tenant, itemEvent(id.parse(itemId), input, { tenant, change }), { traceId });
    return { id: itemId, accepted: true };
  }
}
