import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { DomainError } from '@serendip/shared-errors';
import type { FastifyReply } from 'fastify';
import { ChangeLog } from '../catalogue/change-log.js';
import { identifyEvent } from '../catalogue/item.mapper.js';
import { Clients } from '../clients.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { actionOf, noSuchAction } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import { mergeBody } from './people-schema.js';
import { People, type PersonKey } from './people.js';

/** A check that saves a caller from a silent nothing may not hold up a merge. */
const CHECK_MS = 300;

/** What is done to a person as a whole: the ids they come under are merged, and all of it is handed out or erased. */
@Controller('v1')
export class PeopleController {
  constructor(private readonly clients: Clients, private readonly changes: ChangeLog, private readonly people: People) {}

  @Post('users/:idAndAction')
  @Needs('secret')
  async actOnUser(@Param('idAndAction') idAndAction: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace, @Res({ passthrough: true }) reply: FastifyReply) {
    const { entity, action } = actionOf(idAndAction);
    if (action !== 'merge') return this.act(action, { tenant, userId: entity }, trace, reply);
    void reply.status(202);
    return this.merge(id.parse(entity), { tenant, anonymousId: mergeBody.parse(body).anonymousId }, trace);
  }

  @Post('anonymous/:idAndAction')
  @Needs('secret')
  async actOnVisitor(@Param('idAndAction') idAndAction: string, @Caller() { tenant }: Principal, @Traced() trace: Trace, @Res({ passthrough: true }) reply: FastifyReply) {
    const { entity, action } = actionOf(idAndAction);
    return this.act(action, { tenant, anonymousId: entity }, trace, reply);
  }

  private async act(action: string, key: PersonKey, trace: Trace, reply: FastifyReply) {
    if (action !== 'export' && action !== 'erase') throw noSuchAction();
    id.parse(key.userId ?? key.anonymousId);
    void reply.status(200);
    return this.people[action](key, trace);
  }

  private async merge(userId: string, visitor: { readonly tenant: string; readonly anonymousId: string }, trace: Trace) {
    await this.requireNobodyElse(userId, visitor, trace);
    await this.changes.write(visitor.tenant, identifyEvent(userId, visitor.anonymousId, visitor.tenant), trace);
    return { id: userId, anonymousId: visitor.anonymousId, accepted: true };
  }

  /** Throws ALREADY_EXISTS/MERGED_ALREADY for a visitor known to be another user: another merge would change nothing. */
  private async requireNobodyElse(userId: string, visitor: { readonly tenant: string; readonly anonymousId: string }, trace: Trace): Promise<void> {
    const answer = await this.clients.featureStore.readUserStates({ requests: [visitor] }, { ...trace, timeoutMs: CHECK_MS }).catch(() => undefined);
    const mergedInto = answer?.results[0]?.mergedInto ?? '';
    if (mergedInto === '' || mergedInto === userId) return;
    throw new DomainError('ALREADY_EXISTS', 'MERGED_ALREADY', 'This anonymous id belongs to another user for good: make a new one whenever somebody signs out.');
  }
}
