import type { GrpcClient } from '@serendip/platform-grpc';
import type { AttributeType, CatalogueSchema } from '@serendip/platform-expressions';
import { retrieval } from '@serendip/shared-contracts';

const TYPES: Readonly<Record<retrieval.AttributeType, AttributeType>> = {
  [retrieval.AttributeType.UNSPECIFIED]: 'mixed', [retrieval.AttributeType.STRING]: 'string', [retrieval.AttributeType.NUMBER]: 'number',
  [retrieval.AttributeType.BOOLEAN]: 'boolean', [retrieval.AttributeType.STRINGS]: 'strings', [retrieval.AttributeType.NUMBERS]: 'numbers',
};

/** The catalogue schemas of tenants, as the embedding service last described them. */
export class GrpcCatalogueSchemas {
  private readonly known = new Map<string, { readonly version: string; readonly schema: CatalogueSchema }>();

  constructor(private readonly client: GrpcClient<typeof retrieval.EmbeddingService>) {}

  /** Undefined while it is not known; the same object while it is the same schema, so that expressions are compiled once. */
  of(tenant: string): CatalogueSchema | undefined {
    return this.known.get(tenant)?.schema;
  }

  /** Asks again. Rejects as the call does; what is known stays. */
  async refresh(tenant: string, { timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    const { version, attributes } = await this.client.describeCatalogue({ tenant }, { timeoutMs });
    if (version === '' || version === this.known.get(tenant)?.version) return;
    const types = Object.entries(attributes).map(([name, type]): [string, AttributeType] => [name, TYPES[type] ?? 'mixed']);
    this.known.set(tenant, { version, schema: { attributes: Object.fromEntries(types) } });
  }
}
