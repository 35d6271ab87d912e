import { z } from 'zod';
import { plain } from '../explain/text.js';

export const valuesAnswer = z.looseObject({
  asOf: z.string(),
  items: z.array(z.looseObject({
    id: z.string(), features: z.array(z.looseObject({ name: z.string(), value: z.number(), status: z.string(), newestAt: z.string().optional() })),
  })),
});

const UNITS = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const;

function ago(newestAt: string | undefined, asOf: string): string {
  if (newestAt === undefined) return '';
  const ms = Math.max(0, Date.parse(asOf) - Date.parse(newestAt));
  const [unit, size] = UNITS.find(([, each]) => ms >= each) ?? UNITS.at(-1)!;
  return `${Math.floor(ms / size)} ${unit} ago`;
}

/** A table for each item: value, status, and how old the newest fact behind it is. */
export function valueTables({ asOf, items }: z.infer<typeof valuesAnswer>): readonly string[] {
  return items.flatMap(({ id, features }) => {
    const rows = features.map(({ name, value, status, newestAt }) => [name, plain(value), status, ago(newestAt, asOf)]);
    const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
    return [id, ...rows.map(([name, value, status, newest]) => `  ${name!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)}  ${status!.padEnd(widths[2]!)}  ${newest}`.trimEnd())];
  });
}
