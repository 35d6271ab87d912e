/** What people do, made up: whom an event is about, and of what it tells. */
import type { Random } from '../../shared/random.ts';

export interface Deed {
  readonly eventId: string;
  readonly type: string;
  /** Whose it is in the end. */
  readonly owner: string;
  /** Under which id it was done. */
  readonly who: { readonly userId: string } | { readonly anonymousId: string };
  readonly items: readonly string[];
  readonly value: number | undefined;
  /** Epoch milliseconds. */
  readonly timeMs: number;
}

/** Says that a visitor is a user. */
export interface Merge {
  readonly visitor: string;
  readonly user: string;
}

interface Person {
  readonly user: string;
  /** The id of the browser, in use until and for a while after signing in; undefined for those who are always signed in. */
  readonly visitor: string | undefined;
  hasSignedIn: boolean;
}

/** Drawn evenly: repeats are the more frequent ones. */
const TYPES = ['view', 'view', 'view', 'impression', 'impression', 'click', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide'];
const VISITOR_SHARE = 0.2;
const MERGE_SHARE = 0.02;
const LATE_SHARE = 0.1;
const MOST_LATE_MS = 60_000;
const MOST_ITEMS = 4;

export const nameOf = (what: 'user' | 'item', n: number): string => `${what}-${n}`;

export class People {
  private readonly people: readonly Person[];
  private readonly items: number;
  private readonly random: Random;
  private serial = 0;

  constructor({ people, items, random }: { readonly people: number; readonly items: number; readonly random: Random }) {
    this.items = items;
    this.random = random;
    this.people = Array.from({ length: people }, (_, n) => ({ user: nameOf('user', n), visitor: random() < VISITOR_SHARE ? `visitor-${n}` : undefined, hasSignedIn: false }));
  }

  /** Somebody does something. */
  act(nowMs: number): Deed {
    const { random } = this;
    const person = this.people[Math.floor(random() * this.people.length)]!;
    const type = TYPES[Math.floor(random() * TYPES.length)]!;
    const asVisitor = person.visitor !== undefined && (!person.hasSignedIn || random() < 0.5);
    return {
      eventId: `deed-${this.serial++}`, type, owner: person.user,
      who: asVisitor ? { anonymousId: person.visitor! } : { userId: person.user },
      items: Array.from({ length: type === 'purchase' || type === 'impression' ? 1 + Math.floor(random() * MOST_ITEMS) : 1 }, () => nameOf('item', Math.floor(random() ** 2 * this.items))),
      value: type === 'rating' ? 1 + Math.floor(random() * 5) : type === 'purchase' ? random() * 100 : undefined,
      timeMs: random() < LATE_SHARE ? nowMs - Math.floor(random() * MOST_LATE_MS) : nowMs,
    };
  }

  /** Now and then the owner of a deed says who it is, once. */
  signIn({ owner, who }: Deed): Merge | undefined {
    if (!('anonymousId' in who) || this.random() >= MERGE_SHARE) return undefined;
    const person = this.people.find(({ user }) => user === owner)!;
    if (person.hasSignedIn) return undefined;
    person.hasSignedIn = true;
    return { visitor: who.anonymousId, user: owner };
  }

  /** Everybody who has not signed in does. */
  signInAll(): readonly Merge[] {
    const late = this.people.filter(({ visitor, hasSignedIn }) => visitor !== undefined && !hasSignedIn);
    for (const person of late) person.hasSignedIn = true;
    return late.map(({ visitor, user }) => ({ visitor: visitor!, user }));
  }
}
