import { control } from '@serendip/shared-contracts';
import { eventTypeMask } from '@serendip/shared-layouts';
import type { ReplaySettings } from './settings.js';

const kinds: Readonly<Record<number, 'retriever' | 'ranker'>> = { [control.ModelKind.RETRIEVER]: 'retriever', [control.ModelKind.RANKER]: 'ranker' };

/** What a tenant's configuration says of how slates are made; nothing for a tenant that is not known. */
export function replaySettings(tenant: control.Tenant | undefined): ReplaySettings {
  return {
    placements: (tenant?.placements ?? []).map(({ name, sources, hideAfter, candidates }) => ({
      name, candidates, seenTypes: eventTypeMask(hideAfter), sources: sources.map((source) => ({ name: source.name, limit: source.limit, window: source.window, timeoutMs: 0 })),
    })),
    models: (tenant?.models ?? []).flatMap(({ name, version, kind, bundle, digest }) => (kinds[kind] === undefined ? [] : [{ name, version, kind: kinds[kind], bundle, digest }])),
  };
}
