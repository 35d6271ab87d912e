import { Injectable } from '@nestjs/common';
import type { EventLog } from '@serendip/events-domain';
import { redirectOf, type StateStore } from '@serendip/features-domain';
import type { GrpcClient } from '@serendip/platform-grpc';
import { events, type MessageInitShape, type features } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { UserStateView, float64sOf } from '@serendip/shared-layouts';
import { recordsOf } from './person-log.js';
import { findPerson, idsOf, type PersonId } from './person.js';
import type { Settlement } from './settlement.js';

export interface ErasureParts {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly settlement: Settlement;
  readonly ingestion: Pick<GrpcClient<typeof events.IngestionService>, 'writeEvents'>;
}

export type ErasedId = MessageInitShape<typeof features.ErasedIdSchema>;

const AT_ONCE = 500;
/** More would mean that somebody merges visitors into the user all the time. */
const MOST_ROUNDS = 5;
const NOBODY = new Uint8Array(0);

/**
 * Erases people (ADR 0026). Visitors first: once their partitions have applied it and sent what they had for the user, nothing of before can come
 * after the user's own `$erase`. What was merged meanwhile is found in the user's list, and goes in another round.
 */
@Injectable()
export class Erasure {
  constructor(private readonly parts: ErasureParts) {}

  /** What was erased under each id. Throws UNAVAILABLE: asked again, it goes on. */
  async erase(named: { readonly tenant: string; readonly userId: string; readonly anonymousId: string }, deadlineMs: number): Promise<readonly ErasedId[]> {
    const { store, settlement } = this.parts;
    await settlement.settled(deadlineMs);
    const asked = await findPerson(store, named);
    const erased = await this.eraseIds(idsOf(asked), asked.anonymousIds, deadlineMs);
    for (let round = 1; asked.userId !== ''; round++) {
      const { anonymousIds } = await findPerson(store, { tenant: asked.tenant, userId: asked.userId, anonymousId: '' });
      if (anonymousIds.length === 0) break;
      if (round === MOST_ROUNDS) throw new DomainError('UNAVAILABLE', 'PERSON_BUSY', 'Visitors are merged into this user while it is erased: ask again.');
      erased.push(...await this.eraseIds(idsOf({ ...asked, anonymousIds }), anonymousIds, deadlineMs));
    }
    return erased;
  }

  /** Visitors, then the user. */
  private async eraseIds(ids: readonly PersonId[], visitors: readonly string[], deadlineMs: number): Promise<ErasedId[]> {
    const held = await this.held(ids);
    const [own, others] = [ids.filter(({ userId }) => userId !== ''), ids.filter(({ userId }) => userId === '')];
    const places = [...await this.append(others, [], deadlineMs), ...await this.append(own, own.length === 0 ? [] : visitors, deadlineMs)];
    return held.map((one, i) => ({ ...one, ...places[i]! }));
  }

  private async append(ids: readonly PersonId[], anonymousIds: readonly string[], deadlineMs: number): Promise<readonly { readonly partition: number; readonly position: number }[]> {
    const places: { readonly partition: number; readonly position: number }[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const list = some.map(({ userId, anonymousId }) => ({ type: '$erase', userId, anonymousId, payload: { case: 'erase' as const, value: { anonymousIds: [...anonymousIds] } } }));
      const { results, positions } = await this.parts.ingestion.writeEvents({ tenant: some[0]!.key.tenant, events: list, places: true }, { deadlineMs });
      const refused = results.find(({ status }) => status !== events.EventStatus.ACCEPTED);
      if (refused !== undefined) throw new DomainError('INTERNAL', 'ERASURE_REFUSED', `Ingestion refused an erasure: ${refused.reason} ${refused.detail}`);
      float64sOf(positions).forEach((position, i) => places.push({ partition: some[i]!.partition, position }));
    }
    await this.parts.settlement.passed(places, deadlineMs);
    return places;
  }

  private async held(ids: readonly PersonId[]): Promise<readonly ErasedId[]> {
    const [records, logged] = await Promise.all([this.parts.store.reader.users(ids.map(({ key }) => key)), recordsOf(this.parts.log, ids)]);
    return ids.map(({ userId, anonymousId }, i) => {
      const record = records[i];
      const state = new UserStateView(redirectOf(record) === undefined ? record ?? NOBODY : NOBODY);
      return {
        userId, anonymousId, state: record !== undefined, interactions: state.interactions, profile: state.profile.length > 0,
        logRecords: logged[i]!.length, lastReceivedAtMs: logged[i]!.reduce((last, { receivedAtMs }) => Math.max(last, receivedAtMs), 0),
      };
    });
  }
}
