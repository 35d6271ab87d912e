import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { retrieval } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { DocumentReader, FallbackList, ItemDocument } from '@serendip/serving-domain';
import { int32sOf } from '@serendip/shared-layouts';
import pLimit from 'p-limit';

const ITEMS = 1000;
const REFRESH_TIMEOUT_MS = 2000;
/** What is on disk may be so old: to write a thousand documents as JSON holds everybody up for as long as some lists take. */
const SAVE_EVERY_MS = 60_000;

/** JSON has no infinities: they are left out and put back. */
interface StoredDocument extends Omit<ItemDocument, 'publishedAtMs' | 'expiresAtMs'> {
  readonly publishedAtMs?: number;
  readonly expiresAtMs?: number;
}

const stored = ({ publishedAtMs, expiresAtMs, ...rest }: ItemDocument): StoredDocument => ({
  ...rest, ...(Number.isFinite(publishedAtMs) ? { publishedAtMs } : {}), ...(Number.isFinite(expiresAtMs) ? { expiresAtMs } : {}),
});

const isStored = (value: Partial<StoredDocument> | null): value is StoredDocument =>
  typeof value?.id === 'string' && Number.isInteger(value.ordinal) && typeof value.fields === 'object' && value.fields !== null;

const restored = ({ publishedAtMs = -Infinity, expiresAtMs = Infinity, ...rest }: StoredDocument): ItemDocument => ({ ...rest, publishedAtMs, expiresAtMs });

/** The tenant's most popular items with their documents, refreshed while services are there and kept on disk for when they are not. */
export class StoredFallbackList implements FallbackList {
  private lists = new Map<string, readonly ItemDocument[]>();
  private readonly oneByOne = pLimit(1);
  private savedAtMs = -Infinity;

  constructor(
    private readonly file: string,
    private readonly embedding: GrpcClient<typeof retrieval.EmbeddingService>,
    private readonly documents: DocumentReader,
  ) {}

  items(tenant: string): readonly ItemDocument[] {
    return this.lists.get(tenant) ?? [];
  }

  /** Reads what the last process kept: nothing on a first start, nor from a file that is not one of ours. */
  async load(): Promise<void> {
    try {
      const lists = JSON.parse(await readFile(this.file, 'utf8')) as Record<string, StoredDocument[]>;
      this.lists = new Map(Object.entries(lists).map(([tenant, items]) => [tenant, items.filter(isStored).map(restored)]));
    } catch {
      this.lists = new Map();
    }
  }

  /** Asks for the newest list of each tenant; a tenant whose list can't be had keeps the one it has. Now and then, and with a tenant's first list, they are written to disk. */
  async refresh(tenants: readonly string[]): Promise<void> {
    const answers = await Promise.allSettled(tenants.map(async (tenant) => [tenant, await this.fetch(tenant)] as const));
    let changed = false;
    for (const answer of answers) {
      if (answer.status !== 'fulfilled' || answer.value[1].length === 0) continue;
      if (!this.lists.has(answer.value[0])) this.savedAtMs = -Infinity;
      this.lists.set(...answer.value);
      changed = true;
    }
    if (changed && performance.now() - this.savedAtMs > SAVE_EVERY_MS) await this.oneByOne(() => this.save());
  }

  private async fetch(tenant: string): Promise<readonly ItemDocument[]> {
    const sources = [{ name: 'popular', limit: ITEMS, window: '30d' }];
    const { results } = await this.embedding.retrieveCandidates({ requests: [{ tenant, sources, limit: ITEMS, nowMs: Date.now() }] }, { timeoutMs: REFRESH_TIMEOUT_MS });
    const ordinals = [...int32sOf(results[0]?.ordinals ?? new Uint8Array(0))];
    const context = { deadlineMs: performance.now() + REFRESH_TIMEOUT_MS, signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS) };
    const { documents, degraded } = await this.documents.read(tenant, ordinals, context);
    return degraded === undefined ? documents.filter((document) => document !== undefined) : [];
  }

  private async save(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true });
    const lists = Object.fromEntries([...this.lists].map(([tenant, items]) => [tenant, items.map(stored)]));
    await writeFile(`${this.file}.new`, JSON.stringify(lists));
    await rename(`${this.file}.new`, this.file);
    this.savedAtMs = performance.now();
  }
}
