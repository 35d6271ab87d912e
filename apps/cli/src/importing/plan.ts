import { createHash } from 'node:crypto';
import { build, type Entity } from './entities.js';
import type { Format } from './formats.js';
import type { Kind, Mapping } from './mapping.js';
import { isBad, type BadRow, type Origin, type Rows } from './rows.js';

/** Something to write, and where it comes from. */
export interface Planned extends Origin {
  readonly entity: Entity;
}

/** Everything that an import writes. Held in memory, about 500 bytes an event, because events must be sent in the order of their times. */
export interface Plan {
  /** One for each id: of several rows the later one counts, field by field. */
  readonly items: readonly Planned[];
  readonly users: readonly Planned[];
  /** By time; those of the same time in the order of the source. */
  readonly events: readonly Planned[];
  readonly bad: readonly BadRow[];
  /** How much was left out on purpose, by what it is. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Tells one sequence of events from another. */
  readonly digest: string;
}

export async function makePlan(rows: Rows, format: Pick<Format, 'sort'>, mapping: Mapping, onProgress: (rows: number) => void): Promise<Plan> {
  const [items, users] = [new Map<string, Planned>(), new Map<string, Planned>()];
  const [events, bad, ignored]: [Planned[], BadRow[], Record<string, number>] = [[], [], {}];
  const take: Readonly<Record<Kind, (one: Planned) => unknown>> = { items: (one) => merge(items, one), users: (one) => merge(users, one), events: (one) => events.push(one) };
  let count = 0;
  for await (const row of rows) {
    if (++count % 10_000 === 0) onProgress(count);
    if (isBad(row)) {
      bad.push(row);
      continue;
    }
    const { file, line } = row;
    const sorted = format.sort(row, mapping) ?? UNKNOWN;
    const built = 'record' in sorted ? build(sorted.kind, sorted.record, mapping) : sorted;
    if ('reason' in built) bad.push({ file, line, ...built });
    else if ('ignored' in built) ignored[built.ignored] = (ignored[built.ignored] ?? 0) + 1;
    else take[built.kind]({ file, line, entity: built.entity });
  }
  onProgress(count);
  events.sort((a, b) => Number(a.entity['eventTime']) - Number(b.entity['eventTime']));
  const hash = createHash('sha256');
  for (const { entity } of events) hash.update(JSON.stringify(entity));
  return { items: [...items.values()], users: [...users.values()], events, bad, ignored, digest: hash.digest('hex') };
}

const UNKNOWN = { reason: 'ROW_UNKNOWN', detail: 'It is neither an item, a user nor an event: look whether --format is right, and the mapping says which section the file has.' };

function merge(known: Map<string, Planned>, next: Planned): void {
  const id = String(next.entity['id']);
  const before = known.get(id)?.entity ?? {};
  const attributes = { ...(before['attributes'] as Entity | undefined), ...(next.entity['attributes'] as Entity | undefined) };
  known.set(id, { ...next, entity: { ...before, ...next.entity, ...(Object.keys(attributes).length > 0 || 'attributes' in next.entity ? { attributes } : {}) } });
}

/** What a plan is, in figures. */
export function summaryOf({ items, users, events, bad, ignored }: Plan) {
  const types: Record<string, number> = {};
  for (const { entity } of events) types[String(entity['type'])] = (types[String(entity['type'])] ?? 0) + 1;
  const timeOf = (event: Planned | undefined): string | undefined => (event === undefined ? undefined : new Date(Number(event.entity['eventTime'])).toISOString());
  return { items: items.length, users: users.length, events: events.length, types, from: timeOf(events[0]), to: timeOf(events.at(-1)), bad: bad.length, ignored };
}
