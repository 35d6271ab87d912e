import { UserStateDraft, countInteraction } from '@serendip/features-domain';
import type { CatalogueReader, CatalogueView } from '@serendip/retrieval-domain';
import { ITEM_RECORD, ItemColumns } from '@serendip/shared-catalogue';
import { hash64 } from '@serendip/shared-identity';
import { eventTypeCode } from '@serendip/shared-layouts';
import type { History } from '../dataset/history.js';

const IMPRESSION = eventTypeCode('impression');
const NOBODY = new Uint8Array(0);
/** Orders by popularity are made anew after this many looks: they are a second old at most when serving, too. */
const LOOKS_A_SECOND = 25;

/** State as it was at any moment of a history, made by the code that makes it when serving; moves forward only. */
export class Replay implements CatalogueReader {
  private readonly columns = new ItemColumns();
  private readonly drafts: (UserStateDraft | undefined)[];
  private readonly hashes;
  private readonly following: Int32Array;
  private readonly seen = new Set<number>();
  private place = 0;
  private profilesRead = 0;
  private looks = 0;
  private readonly own: { columns: ItemColumns; catalogueRevision: number; statisticsRevision: number };

  constructor(private readonly history: History) {
    this.columns.apply(history.items.map((item, ordinal) => ({ ...item, ordinal, version: 1 })));
    this.own = { columns: this.columns, catalogueRevision: 1, statisticsRevision: 0 };
    this.drafts = new Array<UserStateDraft | undefined>(history.users);
    this.hashes = history.items.map(({ id }) => hash64(id));
    this.following = followingOf(history);
  }

  /** Milliseconds that pass with every look at the catalogue. */
  readonly clock = (): number => (this.looks * 1000) / LOOKS_A_SECOND;

  view(): CatalogueView {
    return this.own;
  }

  /** Lets everything happen that comes before a place in the history, with profiles as of its time. */
  advance(to: number): void {
    const { user, item, type, value, timeMs, items, sessionLo, sessionHi } = this.history;
    for (; this.place < to; this.place++) {
      const i = this.place;
      const event = { type: type[i]!, value: value[i]!, timeMs: timeMs[i]! };
      const draft = (this.drafts[user[i]!] ??= new UserStateDraft());
      const hash = this.hashes[item[i]!]!;
      if (event.type === IMPRESSION) {
        draft.impress({ ...hash, timeMs: event.timeMs, count: 1 });
      } else {
        draft.count(event.type, event.timeMs, { lo: sessionLo[i]!, hi: sessionHi[i]! });
        draft.interact({ ...hash, ...event });
        this.seen.add(user[i]! * items.length + item[i]!);
      }
      countInteraction(this.columns.records, this.columns.rowOf(item[i]!) * ITEM_RECORD.width, event);
    }
    this.changeProfiles(timeMs[to] ?? Infinity);
    this.own.statisticsRevision = this.place;
    this.looks++;
  }

  userState(user: number): Uint8Array {
    return this.drafts[user]?.encode() ?? NOBODY;
  }

  hasSeen(user: number, item: number): boolean {
    return this.seen.has(user * this.history.items.length + item);
  }

  /** Place of the same user's next event, or -1. */
  nextOfUser(place: number): number {
    return this.following[place]!;
  }

  /** Profiles as they were at a moment; what changed at that very moment was not known yet. */
  private changeProfiles(beforeMs: number): void {
    const { profiles } = this.history;
    for (; this.profilesRead < profiles.length && profiles[this.profilesRead]!.timeMs < beforeMs; this.profilesRead++) {
      const { user, profile } = profiles[this.profilesRead]!;
      (this.drafts[user] ??= new UserStateDraft()).profile = profile;
    }
  }
}

function followingOf({ user, users }: History): Int32Array {
  const following = new Int32Array(user.length);
  const last = new Int32Array(users).fill(-1);
  for (let i = user.length - 1; i >= 0; i--) {
    following[i] = last[user[i]!]!;
    last[user[i]!] = i;
  }
  return following;
}
