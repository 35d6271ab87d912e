import { resolveModel } from '@serendip/platform-config';
import type { CandidateRetriever } from '@serendip/retrieval-domain';
import type { ItemColumns } from '@serendip/shared-catalogue';
import type { control } from '@serendip/shared-contracts';

const ROUNDS = 30;
const SOURCES = ['personal', 'next', 'similar', 'trending', 'popular', 'new'].map((name) => ({ name, limit: 200, window: '', timeoutMs: 0 }));

/** Asks for what a tenant's placements will ask for, so that the first real request is as fast as the others. */
export async function warmUp(candidates: CandidateRetriever, { tenant, columns }: { readonly tenant: control.Tenant; readonly columns: ItemColumns }): Promise<void> {
  const retriever = tenant.placements.map((placement) => resolveModel(tenant, placement.retriever)).find((name) => name !== '') ?? '';
  const context = { deadlineMs: Infinity, signal: new AbortController().signal };
  for (let round = 0; round < ROUNDS && columns.size > 0; round++) {
    await candidates.retrieve({
      tenant: tenant.id, userState: new Uint8Array(0), retriever, sources: SOURCES, seedItemIds: [columns.id(round % columns.size)], givenItemIds: [], excludeItemIds: [],
      seenTypes: 0, categories: [], limit: 500, nowMs: Date.now(),
    }, context).catch(() => undefined);
  }
}
