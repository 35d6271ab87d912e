import { readFile } from 'node:fs/promises';
import { Controller, Get, Inject, Redirect } from '@nestjs/common';
import { DomainError } from '@serendip/shared-errors';
import type { GatewayConfig } from '../gateway.config.js';
import { GATEWAY_CONFIG } from '../tokens.js';

interface Shop {
  readonly title: string;
  readonly shoppers: readonly { readonly id: string; readonly name: string }[];
}

/** The demo shop's own configuration; its page is served as it is. Only where a demo key is configured. */
@Controller()
export class ShopController {
  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  @Get('shop')
  @Redirect('/shop/', 302)
  page(): void {
    // The redirect is the answer.
  }

  @Get('shop/config.json')
  async shop() {
    const { SERENDIP_SHOP_KEY: key, SERENDIP_SHOP_FILE: file } = this.config;
    if (key === undefined) throw new DomainError('NOT_FOUND', 'NO_SHOP', 'There is no demo shop here: `npm start` has one.');
    const shop: Shop = file === undefined ? { title: 'Shop', shoppers: [] } : (JSON.parse(await readFile(file, 'utf8')) as Shop);
    return { key, placements: ['home', 'item', 'cart'], ...shop };
  }
}
