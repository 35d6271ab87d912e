import { attributeOf, isoTime } from '@serendip/serving-adapters';
import { events, toJson, type features, type training } from '@serendip/shared-contracts';
import { wholeDeadLetter } from '../dead-letters/dead-letter.mapper.js';

const timeField = <Name extends string>(name: Name, ms: number) => (ms === 0 ? {} : { [name]: isoTime(ms) } as Record<Name, string>);
const itemField = (itemId: string) => (itemId === '' ? {} : { itemId });

function stateOf({ firstTimeMs, lastTimeMs, sessionStartMs, sessionEvents, interactions, counters, seen, shown }: features.PersonState) {
  return {
    ...timeField('firstTime', firstTimeMs), ...timeField('lastTime', lastTimeMs),
    ...(sessionEvents === 0 ? {} : { session: { start: isoTime(sessionStartMs), events: sessionEvents } }),
    interactions: interactions.map(({ type, itemId, eventTimeMs, value }) => ({ type, ...itemField(itemId), eventTime: isoTime(eventTimeMs), ...(value === undefined ? {} : { value }) })),
    counters: Object.fromEntries(counters.map(({ type, total }) => [type, total])),
    seen: seen.map(({ itemId, types }) => ({ ...itemField(itemId), types })),
    shown: shown.map(({ itemId, lastTimeMs: ms, count }) => ({ ...itemField(itemId), lastTime: isoTime(ms), count })),
  };
}

export function exportOf({ userId, anonymousIds, profile, state }: features.Person, held: { readonly events: readonly events.Event[]; readonly letters: readonly events.DeadLetter[] }) {
  return {
    person: { ...(userId === '' ? {} : { userId }), anonymousIds },
    ...(profile === undefined ? {} : { profile: Object.fromEntries(Object.entries(profile.attributes).map(([name, value]) => [name, attributeOf(value)])) }),
    ...(state === undefined ? {} : { state: stateOf(state) }),
    events: held.events.map((event) => toJson(events.EventSchema, event)),
    deadLetters: held.letters.map(wholeDeadLetter),
  };
}

export type ArchiveErasures = Pick<training.ArchiveErasuresResponse, 'records' | 'files'>;

interface Erased {
  readonly id: string;
  readonly atMs: number;
  readonly deadLetters: number;
  readonly archive: ArchiveErasures | undefined;
  readonly userId: string | undefined;
  readonly anonymousIds: string[];
}

const ARCHIVE_WAITS = 'archive and exports: they could not be written anew just now, and are when the trainer next archives, an hour after it is back at the latest';

const REMAINS = [
  'item statistics: they count what the person did, as numbers by item, until state is rebuilt (serendip features rebuild)',
  'models: they hold no ids; those trained before have learned from the person, those trained from now on have not',
  'freed pages of database files: they are overwritten as they are used again, those of the state by a rebuild',
];

export function certificateOf(erased: readonly features.ErasedId[], { id, atMs, deadLetters, archive, userId, anonymousIds }: Erased) {
  const sum = (of: (id: features.ErasedId) => number): number => erased.reduce((total, one) => total + of(one), 0);
  return {
    certificateId: id,
    person: { ...(userId === undefined ? {} : { userId }), anonymousIds },
    erasedAt: isoTime(atMs),
    erased: { ...(archive === undefined ? {} : { archivedRecords: archive.records, archiveFiles: archive.files }), states: sum(({ state }) => Number(state)), interactions: sum(({ interactions }) => interactions), profiles: sum(({ profile }) => Number(profile)), deadLetters },
    hidden: {
      logRecords: sum(({ logRecords }) => logRecords),
      ...timeField('newestAt', Math.max(0, ...erased.map(({ lastReceivedAtMs }) => lastReceivedAtMs))),
      until: erased.map(({ partition, position }) => ({ partition, position })),
    },
    remains: archive === undefined ? [ARCHIVE_WAITS, ...REMAINS] : REMAINS,
  };
}
