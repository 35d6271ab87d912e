import { GatewayClient } from '@serendip/platform-gateway-client';
import { Command } from 'commander';
import { seedShop } from '../seeding/seed-shop.js';
import { flags, whole } from './flags.js';
import { Progress } from './progress.js';

interface SeedFlags {
  readonly gateway: readonly string[];
  readonly key: string;
  readonly events: number;
  readonly days: number;
  readonly seed: number;
  readonly products: number;
  readonly shoppers: number;
  readonly now?: string;
  readonly name: string;
  readonly state: string;
  readonly shopFile?: string;
  readonly json: boolean;
}

/** `simulator seed` */
export function seedCommand(): Command {
  return new Command('seed')
    .description('Fills a gateway with the demo shop: catalogue, demo profiles and a history of events. Run it again after an interruption and it goes on.')
    .addOption(flags.gateway())
    .addOption(flags.key('a secret key (sk_…)'))
    .option('--events <n>', 'about how many events', whole(1), 40_000)
    .option('--days <n>', 'over how many days until now', whole(1, 3_650), 30)
    .addOption(flags.seed()).addOption(flags.products()).addOption(flags.shoppers())
    .option('--now <time>', 'where the history ends, RFC 3339; default: the present')
    .option('--name <name>', 'name of the import', 'demo-shop')
    .addOption(flags.state())
    .option('--shop-file <file>', "write the demo shoppers there, for the shop's page")
    .addOption(flags.json())
    .action(async ({ gateway, key, json, now, name, state, shopFile, ...size }: SeedFlags, command: Command) => {
      const time = now === undefined ? Date.now() : Date.parse(now);
      if (Number.isNaN(time)) command.error(`error: --now '${now}' is no RFC 3339 time`);
      const started = performance.now();
      const report = await seedShop(new GatewayClient({ gateways: gateway, key, tries: 30, timeoutMs: 20_000 }), {
        ...size, now: time, importName: name, stateFile: state, onProgress: new Progress({ quiet: json }).update, ...(shopFile === undefined ? {} : { shopFile }),
      });
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      const { products, profiles, sent, events, rejected } = report;
      process.stdout.write(json
        ? `${JSON.stringify({ ...report, seconds })}\n`
        : `  ${products.toLocaleString('en')} products, ${profiles} profiles, ${sent.toLocaleString('en')} of ${events.toLocaleString('en')} events sent in ${seconds} s, ${rejected} rejected.\n`);
    });
}
