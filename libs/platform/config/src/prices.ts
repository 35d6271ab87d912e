import { z } from 'zod';

/** What an hour of it costs, in any currency, the same for all. */
export interface Prices {
  readonly cpuHour: number;
  readonly gibibyteHour: number;
  readonly gpuHour: number;
}

/** What clouds ask for a core, a GiB and a card for inference (an L4), US dollars, rounded. */
export const PRICES: Prices = { cpuHour: 0.04, gibibyteHour: 0.005, gpuHour: 0.7 };

const price = (usual: number) => z.coerce.number().min(0).max(1e6).default(usual);

/** What computing costs where this runs; the services that say what a model costs take it. */
export const priceConfig = {
  SERENDIP_PRICE_CPU_HOUR: price(PRICES.cpuHour),
  SERENDIP_PRICE_GIB_HOUR: price(PRICES.gibibyteHour),
  SERENDIP_PRICE_GPU_HOUR: price(PRICES.gpuHour),
};

type PriceConfig = Readonly<Record<keyof typeof priceConfig, number>>;

export const pricesOf = ({ SERENDIP_PRICE_CPU_HOUR: cpuHour, SERENDIP_PRICE_GIB_HOUR: gibibyteHour, SERENDIP_PRICE_GPU_HOUR: gpuHour }: PriceConfig): Prices => ({ cpuHour, gibibyteHour, gpuHour });

export interface Used {
  readonly cpuSeconds?: number;
  readonly gpuSeconds?: number;
  /** Memory for as long as it is held. */
  readonly gibibyteSeconds?: number;
}

/** What was used, in the currency of the prices. */
export function costOf({ cpuSeconds = 0, gpuSeconds = 0, gibibyteSeconds = 0 }: Used, { cpuHour, gibibyteHour, gpuHour }: Prices): number {
  return (cpuSeconds * cpuHour + gibibyteSeconds * gibibyteHour + gpuSeconds * gpuHour) / 3600;
}
