import { Injectable } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import { itemMark, verifyAttribution, type Attribution } from '@serendip/serving-domain';
import { events, type control } from '@serendip/shared-contracts';
import { LRUCache } from 'lru-cache';
import { Metrics } from '../metrics.js';
import type { EventMessage } from './event.mapper.js';

/** The same token comes with every event of a list. */
const MOST_TOKENS = 10_000;
const COUNTED = new Set(['impression', 'view', 'click', 'add_to_cart', 'purchase', 'like', 'dislike', 'hide']);

/** Counts what comes back of lists that explore: of items that were drawn, and of the others. Tenants without such placements pay nothing for it. */
@Injectable()
export class ExplorationFeedback {
  private readonly exploring = new WeakMap<control.Tenant, ReadonlySet<string>>();
  private readonly tokens = new LRUCache<string, Attribution>({ max: MOST_TOKENS });

  constructor(private readonly config: ConfigWatcher, private readonly metrics: Metrics) {}

  /** @param results what became of each message. */
  count(tenantId: string, messages: readonly EventMessage[], results: readonly events.EventResult[]): void {
    const tenant = this.config.tenant(tenantId);
    if (tenant === undefined) return;
    const placements = this.placementsOf(tenant);
    if (placements.size === 0) return;
    for (const [i, { type = '', attributionToken, items = [] }] of messages.entries()) {
      if (!attributionToken || !COUNTED.has(type) || results[i]?.status !== events.EventStatus.ACCEPTED) continue;
      const attribution = this.attributionOf(attributionToken, tenant);
      if (attribution === undefined || !placements.has(attribution.placement)) continue;
      for (const { itemId = '' } of items) {
        this.metrics.exploredEvent({ tenant: tenantId, placement: attribution.placement, type, explored: attribution.explored?.includes(itemMark(itemId)) === true });
      }
    }
  }

  private placementsOf(tenant: control.Tenant): ReadonlySet<string> {
    const known = this.exploring.get(tenant) ?? new Set(tenant.placements.filter(({ exploration }) => exploration !== undefined).map(({ name }) => name));
    this.exploring.set(tenant, known);
    return known;
  }

  private attributionOf(token: string, { id, signingKey }: control.Tenant): Attribution | undefined {
    const key = `${id}\0${token}`;
    const attribution = this.tokens.get(key) ?? verifyAttribution(token, signingKey);
    if (attribution !== undefined) this.tokens.set(key, attribution);
    return attribution;
  }
}
