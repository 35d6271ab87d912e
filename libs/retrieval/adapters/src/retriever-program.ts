/** Reads one retriever version in a thread of its own; `ThreadRetrieverLoader` is the other end. */
import { parentPort, workerData } from 'node:worker_threads';
import { openObjectStore } from '@serendip/platform-objects';
import type { ModelReference } from '@serendip/retrieval-domain';
import { isDomainError, type ErrorCode } from '@serendip/shared-errors';
import { readRetriever, type ReadRetriever } from './bundle-retriever-loader.js';
import { prepareCard, shared } from './card-search.js';

export interface RetrieverTask {
  /** URL of the object store. */
  readonly objects: string;
  readonly reference: ModelReference;
  /** Whether it is prepared for a card. */
  readonly forCard: boolean;
}

export type RetrieverOutcome = { readonly read: ReadRetriever } | { readonly refused: { readonly code: ErrorCode; readonly reason: string; readonly message: string } };

/** The memory of arrays, which the other thread can have without a copy; what is shared is not given away. */
function memoryOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) memoryOf(each, found);
  }
  return found;
}

async function outcomeOf({ objects, reference, forCard }: RetrieverTask): Promise<RetrieverOutcome> {
  try {
    const { prepared, graph } = await readRetriever(openObjectStore(objects), reference);
    const card = forCard ? prepareCard(prepared.index) : undefined;
    return { read: { prepared, card, ...(graph === undefined ? {} : { graph: shared(graph) }) } };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { refused: { code: error.code, reason: error.reason, message: error.message } };
  }
}

const outcome = await outcomeOf(workerData as RetrieverTask);
parentPort!.postMessage(outcome, 'read' in outcome ? [...memoryOf(outcome.read.prepared)] : []);
