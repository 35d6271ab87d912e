import type { SlateEntry, SlateStore } from '@serendip/serving-domain';
import { LRUCache } from 'lru-cache';

/** The slates that were used last. */
export class LruSlateStore extends LRUCache<string, SlateEntry> implements SlateStore {
  constructor(most: number) {
    super({ max: most });
  }
}
