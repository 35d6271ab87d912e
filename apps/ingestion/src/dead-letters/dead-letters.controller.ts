import { Controller } from '@nestjs/common';
import { DeadLetterStore, EventLog, type DeadLetterFilter } from '@serendip/events-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { AppendBuffer } from '../append-buffer.js';
import { answerBy } from '../deadline.js';
import { requireAtMost, requireNamed, requireSize, requireTenant } from '../request-rules.js';
import { deadLetterMessage, filterOf, reportedRefusal } from './dead-letter.mapper.js';
import { DeadLetters } from './dead-letters.js';
import { namesOneOf } from './letters-of-people.js';
import { planReplay, type ReplayCandidate } from './replay.js';

/** The rpcs of IngestionService that are about dead letters. */
export type DeadLetterRpc = 'reportDeadLetters' | 'listDeadLetters' | 'getDeadLetter' | 'replayDeadLetters' | 'findDeadLettersOfPeople' | 'purgeDeadLetters';

const NOTHING = new Uint8Array(0);
const DEFAULT_PAGE = 50;
const MOST_OF_A_PAGE = 200;
const REPLAY_AT_ONCE = 100;
const PURGE_AT_ONCE = 500;
const MOST_PEOPLE = 10_000;

interface ReplayPage {
  readonly candidates: readonly ReplayCandidate[];
  readonly next?: string | undefined;
}

/** Dead letters, to look at, send again or remove. */
@Controller()
export class DeadLettersController implements Pick<Handlers<typeof events.IngestionService>, DeadLetterRpc> {
  constructor(private readonly deadLetters: DeadLetters, private readonly store: DeadLetterStore, private readonly log: EventLog, private readonly buffer: AppendBuffer) {}

  @Rpc(events.IngestionService, 'reportDeadLetters')
  async reportDeadLetters({ letters }: events.ReportDeadLettersRequest): Promise<MessageInitShape<typeof events.ReportDeadLettersResponseSchema>> {
    requireSize(letters.length);
    const nowMs = Date.now();
    this.deadLetters.report(letters.map((letter) => reportedRefusal(letter, nowMs)));
    return {};
  }

  @Rpc(events.IngestionService, 'listDeadLetters')
  async listDeadLetters({ tenant, pageSize, pageToken, ...names }: events.ListDeadLettersRequest): Promise<MessageInitShape<typeof events.ListDeadLettersResponseSchema>> {
    requireTenant(tenant);
    const limit = Math.min(pageSize === 0 ? DEFAULT_PAGE : pageSize, MOST_OF_A_PAGE);
    const { letters, totals, next = '' } = await this.store.list(tenant, { ...filterOf(names), limit, ...(pageToken === '' ? {} : { after: pageToken }) });
    return { letters: letters.map((letter) => deadLetterMessage(letter, { original: NOTHING })), totals: Object.fromEntries(totals), nextPageToken: next };
  }

  @Rpc(events.IngestionService, 'getDeadLetter')
  async getDeadLetter({ tenant, id }: events.GetDeadLetterRequest): Promise<MessageInitShape<typeof events.GetDeadLetterResponseSchema>> {
    requireTenant(tenant);
    const [letter] = await this.store.find(tenant, [id]);
    if (letter === undefined) throw new DomainError('NOT_FOUND', 'DEAD_LETTER_UNKNOWN', 'There is no such dead letter: it was replayed, purged, too old, or never there.');
    return { letter: deadLetterMessage(letter, letter) };
  }

  @Rpc(events.IngestionService, 'replayDeadLetters')
  async replayDeadLetters(request: events.ReplayDeadLettersRequest, { deadlineMs }: CallContext): Promise<MessageInitShape<typeof events.ReplayDeadLettersResponseSchema>> {
    const { tenant } = request;
    requireTenant(tenant);
    const { candidates, next = '' } = await this.replayPage(request);
    const { records, bytes, replayed, results } = planReplay(tenant, candidates, Date.now());
    if (records.length > 0) await this.buffer.run({ events: records.length, bytes, deadlineMs: answerBy(deadlineMs) }, () => this.log.append(records));
    await this.store.remove(tenant, replayed);
    return { results: [...results], nextPageToken: next };
  }

  @Rpc(events.IngestionService, 'findDeadLettersOfPeople')
  async findDeadLettersOfPeople({ tenant, userIds, anonymousIds, pageToken }: events.FindDeadLettersOfPeopleRequest): Promise<MessageInitShape<typeof events.FindDeadLettersOfPeopleResponseSchema>> {
    requireTenant(tenant);
    requireAtMost(MOST_PEOPLE, userIds.length + anonymousIds.length);
    const ids = new Set([...userIds, ...anonymousIds]);
    const { letters, next = '' } = await this.store.list(tenant, { limit: MOST_OF_A_PAGE, ...(pageToken === '' ? {} : { after: pageToken }) });
    return { letters: letters.filter((letter) => namesOneOf(letter, ids)).map((letter) => deadLetterMessage(letter, letter)), nextPageToken: next };
  }

  @Rpc(events.IngestionService, 'purgeDeadLetters')
  async purgeDeadLetters({ tenant, ids, all, ...names }: events.PurgeDeadLettersRequest): Promise<MessageInitShape<typeof events.PurgeDeadLettersResponseSchema>> {
    requireTenant(tenant);
    requireAtMost(PURGE_AT_ONCE, ids.length);
    if (ids.length > 0) return { purged: await this.store.remove(tenant, ids) };
    const filter = filterOf(names);
    requireNamed(all || Object.keys(filter).length > 0);
    return { purged: await this.purgeAll(tenant, filter) };
  }

  private async purgeAll(tenant: string, filter: DeadLetterFilter): Promise<number> {
    let purged = 0;
    for (let after: string | undefined, isLast = false; !isLast; isLast = after === undefined) {
      const page = await this.store.list(tenant, { ...filter, limit: PURGE_AT_ONCE, ...(after === undefined ? {} : { after }) });
      purged += await this.store.remove(tenant, page.letters.map(({ id }) => id));
      after = page.next;
    }
    return purged;
  }

  private async replayPage({ tenant, ids, reason, pageToken, read }: events.ReplayDeadLettersRequest): Promise<ReplayPage> {
    const named = [...ids.map((id) => ({ id, event: undefined })), ...read];
    requireNamed(named.length > 0 || reason !== '');
    requireAtMost(REPLAY_AT_ONCE, named.length);
    if (named.length === 0) {
      const { letters, next } = await this.store.list(tenant, { reason, limit: REPLAY_AT_ONCE, ...(pageToken === '' ? {} : { after: pageToken }) });
      return { candidates: letters.map((letter) => ({ id: letter.id, letter })), next };
    }
    const once = [...new Map(named.map((entry) => [entry.id, entry])).values()];
    const letters = await this.store.find(tenant, once.map(({ id }) => id));
    return { candidates: once.map(({ id, event }, i) => ({ id, letter: letters[i], event })) };
  }
}
