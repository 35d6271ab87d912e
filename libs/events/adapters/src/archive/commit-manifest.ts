import { DomainError } from '@serendip/shared-errors';
import { z } from 'zod';

const file = z.object({ key: z.string(), sha256: z.string(), bytes: z.number().int(), rows: z.number().int() });

const manifest = z.object({
  format: z.literal(1),
  /** 1, 2, 3 … without gaps. */
  commit: z.number().int().min(1),
  committedAt: z.iso.datetime(),
  /** What the files were written by: the event model and whatever else shapes what they say. */
  versions: z.record(z.string(), z.string()),
  /** By partition, ascending: which positions of the log are in this commit (`to` exclusive), and how many records. */
  positions: z.array(z.object({ partition: z.number().int(), from: z.number(), to: z.number(), records: z.number().int() })),
  /** What these records take in the log, bytes. */
  logBytes: z.number().int(),
  /** Every record as it stands in the log, by partition and position. */
  records: file,
  /** Events by tenant and day, each event id once, as columns. */
  events: z.array(file.extend({ tenant: z.string(), day: z.string() })),
  /** Records that are in no file of `events`: repeats and what was sent on to another partition; and what is no event. */
  repeats: z.number().int(),
  unreadable: z.number().int(),
  /** Newest time at which an event of this commit was received, epoch milliseconds; 0 where there is none. */
  receivedToMs: z.number(),
  /** How often it has been written anew without what had to be erased. */
  rewrites: z.number().int(),
});

/** What one commit of the archive holds: everything between the commit before it and the next. */
export type CommitManifest = z.infer<typeof manifest>;
export type ArchivedFile = z.infer<typeof file>;
export type EventFile = CommitManifest['events'][number];

export const encodeManifest = (value: CommitManifest): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

/** Throws DATA_LOSS/ARCHIVE_DAMAGED for what is no manifest. */
export function decodeManifest(key: string, bytes: Uint8Array): CommitManifest {
  try {
    return manifest.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new DomainError('DATA_LOSS', 'ARCHIVE_DAMAGED', `'${key}' is no manifest of the archive: restore it from a copy of the object store.`, { cause });
  }
}
