import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { attributeOf, isoTime } from '@serendip/serving-adapters';
import { features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { actionOf } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import { USER_ACTIONS } from '../people/people-schema.js';
import { writeBatch } from './change-batch.js';
import { ChangeLog } from './change-log.js';
import { pageQuery, userBody, userSchema, usersBody } from './item-schema.js';
import { userEvent, type Change } from './item.mapper.js';

/** The id of a path; NOT_FOUND/ROUTE_UNKNOWN for `{id}:action`, which only POST has: `DELETE /v1/users/7:merge` is nobody's id but a mistake. */
function userIdOf(raw: string): string {
  const { action } = actionOf(raw);
  if (USER_ACTIONS.has(action)) throw new DomainError('NOT_FOUND', 'ROUTE_UNKNOWN', `':${action}' is asked for with POST: /openapi.json lists all routes.`);
  return id.parse(raw);
}

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

  private async change(userId: string, attributes: Parameters<typeof userEvent>[1], { tenant, change, traceId }: Trace & { readonly tenant: string; readonly change: Change }) {
    await this.changes.write(tenant, userEvent(userIdOf(userId), attributes, { tenant, change }), { traceId });
    return { id: userId, accepted: true };
  }
}
