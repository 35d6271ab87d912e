import { Injectable } from '@nestjs/common';
import type { CatalogueSchema } from '@serendip/platform-expressions';

/** What attributes each tenant's items have. */
@Injectable()
export class CatalogueSchemas {
  /** Undefined while it is not known: then items may have any attribute. */
  of(_tenant: string): CatalogueSchema | undefined {
    return undefined;
  }
}
