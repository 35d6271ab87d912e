import { sequenceCount, type Sequences } from '../sequences.js';

/** How many people have had each two of some items: a square table, row-major, with the items' own counts on its diagonal. */
export interface MeetingCounts {
  readonly size: number;
  readonly counts: Float32Array;
}

export interface MeetingCountsOptions {
  /** For each item its place in the table, -1 for none. */
  readonly placeOf: Int32Array;
  readonly size: number;
  /** Different items of one person that count at most, the newest. */
  readonly most: number;
}

export function countMeetings(sequences: Sequences, { placeOf, size, most }: MeetingCountsOptions): MeetingCounts {
  const counts = new Float32Array(size * size);
  const lastPerson = new Int32Array(size).fill(-1);
  const own = new Int32Array(Math.min(size, most));
  for (let person = 0; person < sequenceCount(sequences); person++) {
    let length = 0;
    for (let i = sequences.offsets[person + 1]! - 1; i >= sequences.offsets[person]! && length < own.length; i--) {
      const place = placeOf[sequences.items[i]!]!;
      if (place < 0 || lastPerson[place] === person) continue;
      lastPerson[place] = person;
      own[length++] = place;
    }
    for (let a = 0; a < length; a++) for (let b = 0, row = own[a]! * size; b < length; b++) counts[row + own[b]!]!++;
  }
  return { size, counts };
}
