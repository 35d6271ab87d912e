import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

const target = (port: number) => z.string().default(`127.0.0.1:${port}`);

/** Deployment facts of the gateway; what it answers is configured in control. */
export const gatewayConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9090),
  SERENDIP_INGESTION_TARGET: target(50051),
  SERENDIP_FEATURE_STORE_TARGET: target(50052),
  SERENDIP_EMBEDDING_TARGET: target(50053),
  SERENDIP_RANKING_TARGET: target(50054),
  SERENDIP_CONTROL_TARGET: target(50055),
  SERENDIP_TRAINER_TARGET: target(50056),
  /** Requests a second one key may make; its burst is twice that. */
  SERENDIP_REQUESTS_PER_SECOND: z.coerce.number().int().min(1).default(5000),
  /** Answers kept for identical requests, about 30 kB each, none of them for longer than a second; 0 turns that off, and sharing too. */
  SERENDIP_ANSWER_CACHE: z.coerce.number().int().min(0).max(1_000_000).default(2000),
  /** Key that the demo shop page uses; without it there is no shop. Only for a laptop: the page hands it to its visitor. */
  SERENDIP_SHOP_KEY: z.string().optional(),
  SERENDIP_SHOP_FILE: z.string().optional(),
});

export type GatewayConfig = Readonly<z.infer<typeof gatewayConfig>>;
