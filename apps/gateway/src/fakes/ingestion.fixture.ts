import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { bytesOf } from '@serendip/shared-layouts';

const isRefused = ({ type, items }: events.Event): boolean => type === 'refused' || items[0]?.itemId === 'refused';

const resultOf = (event: events.Event) => (
  isRefused(event) ? { status: events.EventStatus.REJECTED, reason: 'TYPE_INVALID', detail: 'No such type.' } : { status: events.EventStatus.ACCEPTED });

/** Remembers what it is sent; refuses the event types `refused` and the id `refused`. Of dead letters, those whose reason is TOO_OLD stay. */
@Controller()
export class FakeIngestion {
  reported: events.ReportedDeadLetter[] = [];
  deadLetters: MessageInitShape<typeof events.DeadLetterSchema>[] = [];
  written: events.Event[] = [];
  /** Places of the last batch of an import. */
  indices: readonly number[] = [];
  failure: Error | undefined;

  @Rpc(events.IngestionService, 'writeEvents')
  async writeEvents({ events: batch, places }: events.WriteEventsRequest) {
    if (this.failure !== undefined) throw this.failure;
    this.written.push(...batch.filter((event) => !isRefused(event)));
    const results = batch.map(resultOf);
    const positions = results.flatMap(({ status }, i) => (status === events.EventStatus.ACCEPTED ? [1000 + i] : []));
    return {
      results, durability: events.Durability.DISK,
      ...(places ? { partitions: bytesOf(Int32Array.from(positions, () => 7)), positions: bytesOf(Float64Array.from(positions)) } : {}),
    };
  }

  @Rpc(events.IngestionService, 'createImport')
  async createImport({ name }: events.CreateImportRequest) {
    return { import: { id: 'import-1', name } };
  }

  @Rpc(events.IngestionService, 'writeImportBatch')
  async writeImportBatch({ importId, batch, events: sent, indices, refused }: events.WriteImportBatchRequest) {
    this.indices = indices;
    const results = sent.map(resultOf);
    const accepted = results.filter(({ status }) => status === events.EventStatus.ACCEPTED).length;
    return { import: { id: importId, name: 'old', lastBatch: batch, accepted, rejected: sent.length - accepted + refused }, applied: true, results };
  }

  @Rpc(events.IngestionService, 'getImport')
  async getImport({ importId }: events.GetImportRequest) {
    return { import: { id: importId, name: 'old', lastBatch: 3, accepted: 1500 } };
  }

  @Rpc(events.IngestionService, 'forwardEvents')
  async forwardEvents() {
    return { results: [] };
  }

  @Rpc(events.IngestionService, 'reportDeadLetters')
  async reportDeadLetters({ letters }: events.ReportDeadLettersRequest) {
    if (this.failure !== undefined) throw this.failure;
    this.reported.push(...letters);
    return {};
  }

  @Rpc(events.IngestionService, 'listDeadLetters')
  async listDeadLetters({ reason, userId, pageSize, pageToken }: events.ListDeadLettersRequest) {
    const from = Number(pageToken) || 0;
    const named = this.deadLetters.filter((letter) => (reason === '' || letter.reason === reason) && (userId === '' || letter.userId === userId));
    return { letters: named.slice(from, from + pageSize), totals: { TOO_OLD: 1 }, nextPageToken: from + pageSize < named.length ? String(from + pageSize) : '' };
  }

  @Rpc(events.IngestionService, 'getDeadLetter')
  async getDeadLetter({ id }: events.GetDeadLetterRequest) {
    const letter = this.deadLetters.find((one) => one.id === id);
    if (letter === undefined) throw new DomainError('NOT_FOUND', 'DEAD_LETTER_UNKNOWN', 'There is no such dead letter.');
    return { letter };
  }

  @Rpc(events.IngestionService, 'replayDeadLetters')
  async replayDeadLetters({ ids, reason, pageToken, read }: events.ReplayDeadLettersRequest) {
    const { ReplayStatus } = events;
    const from = Number(pageToken) || 0;
    const named = reason === '' ? [...ids, ...read.map(({ id }) => id)] : this.deadLetters.filter((letter) => letter.reason === reason).map((letter) => letter.id!);
    const results = named.slice(from, from + 100).map((id) => {
      const letter = this.deadLetters.find((one) => one.id === id);
      if (letter === undefined) return { id, status: ReplayStatus.UNKNOWN };
      if (letter.reason === 'TOO_OLD') return { id, status: ReplayStatus.REFUSED, reason: 'TOO_OLD', detail: 'It is older than 24 hours.' };
      const event = read.find((one) => one.id === id)?.event;
      if (event === undefined && letter.source === events.DeadLetterSource.GATEWAY) return { id, status: ReplayStatus.UNREAD, original: letter.original! };
      if (event !== undefined) this.written.push(event);
      return { id, status: ReplayStatus.APPENDED };
    });
    return { results, nextPageToken: from + 100 < named.length ? String(from + 100) : '' };
  }

  @Rpc(events.IngestionService, 'findDeadLettersOfPeople')
  async findDeadLettersOfPeople({ userIds, anonymousIds, pageToken }: events.FindDeadLettersOfPeopleRequest) {
    const page = this.deadLetters.slice(Number(pageToken), Number(pageToken) + 1);
    return { letters: page.filter(({ userId }) => [...userIds, ...anonymousIds].includes(userId!)), nextPageToken: Number(pageToken) + 1 < this.deadLetters.length ? String(Number(pageToken) + 1) : '' };
  }

  @Rpc(events.IngestionService, 'purgeDeadLetters')
  async purgeDeadLetters({ ids, reason, userId, all }: events.PurgeDeadLettersRequest) {
    return { purged: this.deadLetters.filter((letter) => all || ids.includes(letter.id!) || letter.reason === reason || (userId !== '' && letter.userId === userId)).length };
  }
}
