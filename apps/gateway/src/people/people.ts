import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import type { MessageInitShape, events, features } from '@serendip/shared-contracts';
import { Clients } from '../clients.js';
import type { Trace } from '../http/trace.js';
import { LOGGER } from '../tokens.js';
import { certificateOf, exportOf, type ArchiveErasures } from './people.mapper.js';

export type PersonKey = MessageInitShape<typeof features.UserStateKeySchema> & { readonly tenant: string };

interface Ids {
  readonly userIds: string[];
  readonly anonymousIds: string[];
}

const PURGE_AT_ONCE = 500;
const ARCHIVE_MS = 20_000;

/** What is held of a person, everywhere. */
@Injectable()
export class People {
  constructor(private readonly clients: Clients, @Inject(LOGGER) private readonly logger: Logger) {}

  /** All of it, as it is now. */
  async export(key: PersonKey, trace: Trace) {
    let person: features.Person | undefined;
    const all: events.Event[] = [];
    for await (const { part } of this.clients.people.exportPerson({ user: key }, trace)) {
      if (part.case === 'person') person = part.value;
      else if (part.case === 'events') all.push(...part.value.events);
    }
    const { userId, anonymousIds } = person!;
    const letters = await this.deadLettersOf(key.tenant, { userIds: userId === '' ? [] : [userId], anonymousIds }, trace);
    return exportOf(person!, { events: all, letters });
  }

  /** Erases it; what fails is UNAVAILABLE, and goes on when it is asked for again. */
  async erase(key: PersonKey, trace: Trace) {
    const { erased } = await this.clients.people.erasePerson({ user: key }, trace);
    const idsBy = (field: 'userId' | 'anonymousId'): string[] => [...new Set(erased.map((id) => id[field]).filter((id) => id !== ''))];
    const ids = { userIds: idsBy('userId'), anonymousIds: idsBy('anonymousId') };
    const deadLetters = await this.purge(key.tenant, (await this.deadLettersOf(key.tenant, ids, trace)).map(({ id }) => id), trace);
    const archive = await this.fromArchive(trace);
    return certificateOf(erased, { id: randomUUID(), atMs: Date.now(), deadLetters, archive, userId: ids.userIds[0], anonymousIds: ids.anonymousIds });
  }

  /** What was taken out of the archive; undefined when that can't be done now, and is done when the archive is next written. */
  private async fromArchive(trace: Trace): Promise<ArchiveErasures | undefined> {
    return this.clients.datasets.archiveErasures({}, { ...trace, timeoutMs: ARCHIVE_MS }).catch((error: unknown) => {
      this.logger.warn({ err: error, ...trace }, 'An erasure has not come to the archive yet.');
      return undefined;
    });
  }

  private async purge(tenant: string, ids: readonly string[], trace: Trace): Promise<number> {
    let purged = 0;
    for (let at = 0; at < ids.length; at += PURGE_AT_ONCE) purged += (await this.clients.ingestion.purgeDeadLetters({ tenant, ids: ids.slice(at, at + PURGE_AT_ONCE) }, trace)).purged;
    return purged;
  }

  private async deadLettersOf(tenant: string, ids: Ids, trace: Trace): Promise<readonly events.DeadLetter[]> {
    const letters: events.DeadLetter[] = [];
    for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
      const page = await this.clients.ingestion.findDeadLettersOfPeople({ tenant, ...ids, pageToken }, trace);
      letters.push(...page.letters);
      pageToken = page.nextPageToken || undefined;
    }
    return letters;
  }
}
