import { Injectable } from '@nestjs/common';
import { create, events, type MessageInitShape } from '@serendip/shared-contracts';
import { Clients } from '../clients.js';
import { readBatch } from '../events/event-batch.js';
import type { Trace } from '../http/trace.js';
import type { Replay } from './dead-letter-schema.js';

type Request = MessageInitShape<typeof events.ReplayDeadLettersRequestSchema>;

/** For whom, and under which trace. */
interface Asking {
  readonly tenant: string;
  readonly trace: Trace;
}

const { ReplayStatus } = events;
const AT_ONCE = 100;
const PAGE_MS = 10_000;

/** Has dead letters checked again: ingestion reads what was an event, the gateway what its schema refused. */
@Injectable()
export class DeadLetterReplay {
  constructor(private readonly clients: Clients) {}

  /** What became of each, in the order of the ids, or newest first for a reason. What was done stays done when this fails. */
  async run(tenant: string, named: Replay, trace: Trace): Promise<readonly events.ReplayResult[]> {
    return 'ids' in named ? this.ofIds({ tenant, trace }, named.ids) : this.ofReason({ tenant, trace }, named.reason);
  }

  private async ofIds(asking: Asking, ids: readonly string[]): Promise<readonly events.ReplayResult[]> {
    const results: events.ReplayResult[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) results.push(...(await this.page(asking, { ids: ids.slice(at, at + AT_ONCE) })).results);
    return results;
  }

  private async ofReason(asking: Asking, reason: string): Promise<readonly events.ReplayResult[]> {
    const results: events.ReplayResult[] = [];
    for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
      const page = await this.page(asking, { reason, pageToken });
      results.push(...page.results);
      pageToken = page.next;
    }
    return results;
  }

  private async page(asking: Asking, request: Request): Promise<{ readonly results: readonly events.ReplayResult[]; readonly next: string | undefined }> {
    const { results, nextPageToken } = await this.clients.ingestion.replayDeadLetters({ tenant: asking.tenant, ...request }, { ...asking.trace, timeoutMs: PAGE_MS });
    const read = await this.read(asking, results.filter(({ status }) => status === ReplayStatus.UNREAD));
    return { results: results.map((result) => read.get(result.id) ?? result), next: nextPageToken === '' ? undefined : nextPageToken };
  }

  /** What becomes of JSON under today's schema, by id. */
  private async read({ tenant, trace }: Asking, unread: readonly events.ReplayResult[]): Promise<ReadonlyMap<string, events.ReplayResult>> {
    const { messages, indices, rejected } = readBatch(unread.map(({ original }) => JSON.parse(Buffer.from(original).toString())), tenant);
    const refused = rejected.map(({ index, reason, detail }) => create(events.ReplayResultSchema, { id: unread[index]!.id, status: ReplayStatus.REFUSED, reason, detail }));
    const read = messages.map((event, i) => ({ id: unread[indices[i]!]!.id, event }));
    const { results } = read.length === 0 ? { results: [] } : await this.clients.ingestion.replayDeadLetters({ tenant, read }, { ...trace, timeoutMs: PAGE_MS });
    return new Map([...refused, ...results].map((result) => [result.id, result]));
  }
}
