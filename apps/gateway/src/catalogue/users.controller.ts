import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { attributeOf, isoTime } from '@serendip/serving-adapters';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { actionNotYet, actionOf } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import { writeBatch } from './change-batch.js';
import { ChangeLog } from './change-log.js';
import { mergeBody, pageQuery, userBody, userSchema, usersBody } from './item-schema.js';
import { identifyEvent, userEvent, type Change } from './item.mapper.js';

const actions = { export: 'Exporting a person\'s data', erase: 'Erasing a person' };

/** The id of a path; NOT_FOUND/ROUTE_UNKNOWN for `{id}:action`, which only POST has: `DELETE /v1/users/7:merge` is nobody's id but a mistake. */
function userIdOf(raw: string): string {
  const { action } = actionOf(raw);
  if (action === 'merge' || Object.hasOwn(actions, action)) throw new DomainError('NOT_FOUND', 'ROUTE_UNKNOWN', `':${action}' is asked for with POST: /openapi.json lists all routes.`);
  return id.parse(raw);
}

/** A check that saves a caller from a silent nothing may not hold up a merge. */
const CHECK_MS = 300;

/** Profiles, and what is known of a user. */
@Controller('v1')
export class UsersController {
  constructor(private readonly clients: Clients, private readonly changes: ChangeLog) {}

  @Put('users/:id')
  @HttpCode(202)
  @Needs('secret')
  async put(@Param('id') userId: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(userId, userBody.parse(body).attributes, { tenant, change: 'PUT', ...trace });
  }

  @Patch('users/:id')
  @HttpCode(202)
  @Needs('secret')
  async patch(@Param('id') userId: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(userId, userBody.parse(body).attributes, { tenant, change: 'PATCH', ...trace });
  }

  @Delete('users/:id')
  @HttpCode(202)
  @Needs('secret')
  async delete(@Param('id') userId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    return this.change(userId, {}, { tenant, change: 'DELETE', ...trace });
  }

  @Get('users/:id')
  @Needs('secret')
  async read(@Param('id') userId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { status, profile } = await this.clients.featureStore.readUserProfile({ user: { tenant, userId: userIdOf(userId) } }, trace);
    if (status !== features.ReadStatus.PRESENT || profile === undefined) throw new DomainError('NOT_FOUND', 'USER_UNKNOWN', `There is no profile of user '${userId}'.`);
    return { id: userId, attributes: Object.fromEntries(Object.entries(profile.attributes).map(([name, value]) => [name, attributeOf(value)])) };
  }

  @Get('users/:id/events')
  @Needs('secret')
  async events(@Param('id') userId: string, @Query() query: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { limit, cursor } = pageQuery.parse(query);
    const answer = await this.clients.featureStore.listUserEvents({ user: { tenant, userId: userIdOf(userId) }, pageSize: limit, pageToken: cursor ?? '' }, trace);
    return {
      events: answer.events.map(({ type, itemId, eventTimeMs, value }) => ({
        type, ...(itemId === '' ? {} : { itemId }), eventTime: isoTime(eventTimeMs), ...(value === undefined ? {} : { value }),
      })),
      ...(answer.nextPageToken === '' ? {} : { nextCursor: answer.nextPageToken }),
      userState: { partition: answer.partition, position: answer.position },
    };
  }

  @Post('users::batch')
  @HttpCode(202)
  @Needs('secret')
  async batch(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { users } = usersBody.parse(body);
    return writeBatch(this.changes, tenant, {
      ...trace, raw: users, what: 'user', schema: userSchema, event: (user) => userEvent(user.id, user.attributes, { tenant, change: 'PUT' }),
    });
  }

  @Post('users/:idAndAction')
  @HttpCode(202)
  @Needs('secret')
  async act(@Param('idAndAction') idAndAction: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { entity, action } = actionOf(idAndAction);
    if (action !== 'merge') throw actionNotYet(idAndAction, actions);
    const userId = id.parse(entity);
    const { anonymousId } = mergeBody.parse(body);
    await this.requireNobodyElse(userId, { tenant, anonymousId }, trace);
    await this.changes.write(tenant, identifyEvent(userId, anonymousId, tenant), trace);
    return { id: userId, anonymousId, accepted: true };
  }

  /** Throws ALREADY_EXISTS/MERGED_ALREADY for a visitor known to be another user: another merge would change nothing. */
  private async requireNobodyElse(userId: string, visitor: { readonly tenant: string; readonly anonymousId: string }, trace: Trace): Promise<void> {
    const answer = await this.clients.featureStore.readUserStates({ requests: [visitor] }, { ...trace, timeoutMs: CHECK_MS }).catch(() => undefined);
    const mergedInto = answer?.results[0]?.mergedInto ?? '';
    if (mergedInto === '' || mergedInto === userId) return;
    throw new DomainError('ALREADY_EXISTS', 'MERGED_ALREADY', 'This anonymous id belongs to another user for good: make a new one whenever somebody signs out.');
  }

  private async change(userId: string, attributes: Parameters<typeof userEvent>[1], { tenant, change, traceId }: Trace & { readonly tenant: string; readonly change: Change }) {
    await this.changes.write(tenant, userEvent(userIdOf(userId), attributes, { tenant, change }), { traceId });
    return { id: userId, accepted: true };
  }
}
