import type { summaryOf } from './plan.js';
import type { BadRow } from './rows.js';
import type { RunReport } from './run-plan.js';
import type { Verdict } from './verify-plan.js';

export type Report = ReturnType<typeof summaryOf> & Partial<RunReport> & { readonly dryRun: boolean; readonly verified?: Verdict };

const SHOWN = 20;
const figure = (value: number): string => value.toLocaleString('en');
const listed = (figures: Readonly<Record<string, number>>): string => Object.entries(figures).sort((a, b) => b[1] - a[1]).map(([name, value]) => `${name} ${figure(value)}`).join(', ');

/** What was or would be written, for people. */
export function render({ items, users, events, types, from, to, ignored, dryRun, sent, refused, verified }: Report, bad: readonly BadRow[], rejects: string): string {
  const lines = [`${dryRun ? 'Would write' : 'There are'} ${figure(items)} items, ${figure(users)} users and ${figure(events)} events${events === 0 ? '' : ` (${listed(types)}) from ${from} to ${to}`}.`];
  if (sent !== undefined) lines.push(`Sent ${figure(sent)} events; the gateway refused ${figure(refused ?? 0)} rows.`);
  if (Object.keys(ignored).length > 0) lines.push(`Left out on purpose: ${listed(ignored)}.`);
  if (bad.length > 0) lines.push(`Bad rows: ${figure(bad.length)}, which are left out:`, ...bad.slice(0, SHOWN).map(({ file, line, reason, detail }) => `  ${file}:${line}  ${reason}  ${detail}`));
  if (bad.length > SHOWN) lines.push(`  … and ${figure(bad.length - SHOWN)} more`);
  if (bad.length > 0 || (refused ?? 0) > 0) lines.push(`All of them are in ${rejects}.`);
  if (verified !== undefined) lines.push(`Verified ${figure(verified.compared)} counts and samples: ${verified.differences.length === 0 ? 'all as they should be.' : `${verified.differences.length} differ.`}`, ...verified.differences.map((difference) => `  ${difference}`));
  return `${lines.join('\n')}\n`;
}
