import { encodeTable } from '@serendip/platform-parquet';
import { events, fromBinary } from '@serendip/shared-contracts';
import { eventsKey, recordsKey } from './archive-keys.js';
import { describe } from './archived-files.js';
import type { ArchivedFile, EventFile } from './commit-manifest.js';
import { EVENT_COLUMNS, type PlacedEvent } from './event-columns.js';
import { encodeRecords, type ArchivedRecord } from './record-file.js';

/** The files of a commit, with their bytes. */
export interface CommitFiles {
  readonly records: ArchivedFile;
  readonly events: readonly EventFile[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** Makes the files of a commit from its records, by partition and position: the same records, the same files. */
export function commitFiles(commit: number, records: readonly ArchivedRecord[]): CommitFiles {
  const bytes = new Map<string, Uint8Array>();
  const keep = <F extends ArchivedFile>(file: F, content: Uint8Array): F => {
    bytes.set(file.key, content);
    return file;
  };
  const recordBytes = encodeRecords(records);
  const recordFile = keep(describe(recordBytes, (sha256) => recordsKey(commit, sha256), records.length), recordBytes);
  const placed = records.filter(({ leftOut }) => !leftOut).map(({ partition, position, bytes: record }) => ({ partition, position, event: fromBinary(events.EventSchema, record) }));
  const eventFiles = [...Map.groupBy(placed, ({ event }) => `${event.tenant}/${dayOf(event)}`).values()].map((rows) => {
    const { event } = rows[0]!;
    const place = { tenant: event.tenant, day: dayOf(event) };
    const content = encodeTable(EVENT_COLUMNS, inTime(rows), { metadata: { 'serendip.tenant': place.tenant, 'serendip.day': place.day } });
    return keep({ ...describe(content, (sha256) => eventsKey(place, commit, sha256), rows.length), ...place }, content);
  });
  return { records: recordFile, events: eventFiles, bytes };
}

const dayOf = ({ eventTimeMs }: events.Event): string => new Date(eventTimeMs).toISOString().slice(0, 10);

/** By event time; ties as they stand in the log. */
const inTime = (rows: readonly PlacedEvent[]): PlacedEvent[] =>
  [...rows].sort((a, b) => a.event.eventTimeMs - b.event.eventTimeMs || a.partition - b.partition || a.position - b.position);
