import type { ItemColumns } from '@serendip/shared-catalogue';
import type { UserStateView } from '@serendip/shared-layouts';
import type { RowSet } from '../catalogue/eligible-rows.js';
import type { TenantCatalogue } from '../catalogue/tenant-catalogue.js';
import type { DropReport, RetrievalRequest } from './retrieval-request.js';

const NONE = new Int32Array(0);

/** The rows that are eligible, of the wanted categories, not excluded and not seen. Writes and answers `mask`. */
export function plainFilters(request: RetrievalRequest, state: UserStateView, catalogue: TenantCatalogue, mask: Uint8Array): { readonly allowed: RowSet; readonly drops: readonly DropReport[] } {
  const { columns } = catalogue;
  const eligible = catalogue.eligible(request.nowMs);
  const drops: DropReport[] = [];
  const note = (filter: string, dropped: number): void => {
    if (dropped > 0) drops.push({ filter, dropped });
  };

  note('eligible', columns.size - eligible.rows.length);
  let { rows } = eligible;
  if (request.categories.length === 0) mask.set(eligible.mask);
  else {
    rows = ofCategories(request.categories, catalogue, eligible, mask);
    note('categories', eligible.rows.length - rows.length);
  }
  note('excluded', dropIds(request.excludeItemIds, columns, mask) + dropOrdinals(request.excludeOrdinals ?? NONE, columns, mask));
  note('seen', dropSeen(request.seenTypes, state, columns, mask));
  return { allowed: { mask, rows }, drops };
}

function ofCategories(names: readonly string[], catalogue: TenantCatalogue, eligible: RowSet, mask: Uint8Array): Int32Array {
  const { columns } = catalogue;
  mask.fill(0);
  const found: number[] = [];
  for (const name of names) {
    const category = columns.categories.find(name);
    for (const row of catalogue.categories().of(category)) {
      if (eligible.mask[row] !== 1 || mask[row] === 1 || !columns.categoriesOf(row).includes(category)) continue;
      mask[row] = 1;
      found.push(row);
    }
  }
  return Int32Array.from(found);
}

function dropIds(ids: readonly string[], columns: ItemColumns, mask: Uint8Array): number {
  let dropped = 0;
  for (const id of ids) dropped += dropRow(columns.rowOfId(id), mask);
  return dropped;
}

function dropOrdinals(ordinals: Int32Array, columns: ItemColumns, mask: Uint8Array): number {
  let dropped = 0;
  for (const ordinal of ordinals) dropped += dropRow(columns.rowOf(ordinal), mask);
  return dropped;
}

function dropSeen(types: number, state: UserStateView, columns: ItemColumns, mask: Uint8Array): number {
  if (types === 0) return 0;
  const { seen } = state;
  // Rows first, in a loop that does nothing else: hashes lie all over the table, and are waited for together.
  const rows = new Int32Array(seen);
  for (let i = 0; i < seen; i++) rows[i] = (state.seenMask(i) & types) === 0 ? -1 : columns.rowOfHashed(state.seenLo(i), state.seenHi(i));
  let dropped = 0;
  for (let i = 0; i < seen; i++) dropped += dropRow(rows[i]!, mask);
  return dropped;
}

function dropRow(row: number, mask: Uint8Array): number {
  if (row < 0 || mask[row] !== 1) return 0;
  mask[row] = 0;
  return 1;
}
