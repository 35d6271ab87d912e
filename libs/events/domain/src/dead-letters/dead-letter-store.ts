import { DomainError } from '@serendip/shared-errors';
import { isDeadLetterId, type DeadLetter, type Refusal } from './dead-letter.js';

/** Which dead letters of a tenant; all of them where nothing is named. */
export interface DeadLetterFilter {
  readonly reason?: string;
  readonly userId?: string;
}

export interface DeadLetterQuery extends DeadLetterFilter {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface DeadLetterPage {
  /** What was refused last comes first. */
  readonly letters: readonly DeadLetter[];
  /** How many dead letters the tenant has, by reason, whatever was asked for. */
  readonly totals: ReadonlyMap<string, number>;
  /** Undefined after the last page. */
  readonly next: string | undefined;
}

/** What was refused, for people to look at, send again or remove. Failures are UNAVAILABLE/DEAD_LETTERS_FAILED. */
export abstract class DeadLetterStore {
  /** Keeps refusals, at most `DEAD_LETTER_LIMITS.letters` of a tenant: answers how many of the oldest had to go for them. */
  abstract add(refusals: readonly Refusal[]): Promise<number>;

  /** Throws INVALID_ARGUMENT/CURSOR_INVALID for an `after` that is no page's. */
  abstract list(tenant: string, query: DeadLetterQuery): Promise<DeadLetterPage>;

  /** One for each id, in order; undefined where there is none. */
  abstract find(tenant: string, ids: readonly string[]): Promise<readonly (DeadLetter | undefined)[]>;

  /** Answers how many of them there were. */
  abstract remove(tenant: string, ids: readonly string[]): Promise<number>;

  /** Removes what every tenant had refused for the last time before then, epoch milliseconds; answers how many. */
  abstract expire(beforeMs: number): Promise<number>;
}

/** Where a dead letter stands in the order of pages. */
export interface DeadLetterPlace {
  readonly lastAtMs: number;
  readonly id: string;
}

/** The place as a cursor. */
export const cursorOf = ({ lastAtMs, id }: DeadLetterPlace): string => `${lastAtMs}.${id}`;

/** The place of a cursor. Throws INVALID_ARGUMENT/CURSOR_INVALID. */
export function placeOfCursor(cursor: string): DeadLetterPlace {
  const [, time = '', id = ''] = /^(\d{1,14})\.(.*)$/s.exec(cursor) ?? [];
  if (time === '' || !isDeadLetterId(id)) throw new DomainError('INVALID_ARGUMENT', 'CURSOR_INVALID', 'This is no cursor of a page of dead letters: begin again without one.');
  return { lastAtMs: Number(time), id };
}

/** Whether a filter lets a dead letter through. */
export function isNamed({ reason, userId }: DeadLetterFilter, letter: Pick<DeadLetter, 'reason' | 'userId'>): boolean {
  return (reason === undefined || letter.reason === reason) && (userId === undefined || letter.userId === userId);
}
