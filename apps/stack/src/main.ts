import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDomainError } from '@serendip/shared-errors';
import { Demo } from './demo.js';
import { parseOptions } from './options.js';
import { Screen } from './screen.js';
import { Stack, type DemoKeys } from './stack.js';
import { summary } from './summary.js';
import { watchSources } from './watch.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const options = parseOptions(process.argv);
const screen = new Screen({ verbose: options.verbose });
const stack = new Stack(options, root, screen);
const demo = new Demo(stack, options, root, screen);
let endWatch = (): void => undefined;
let stopping: Promise<void> | undefined;

function stop(status: number): Promise<void> {
  stopping ??= (async () => {
    endWatch();
    screen.step('Stopping …');
    await stack.stop();
    screen.step('Everything has stopped.');
    process.exit(status);
  })();
  return stopping;
}

/** What the gateway needs for the demo shop's page. */
const shopEnvironment = (keys: DemoKeys): Record<string, string> => ({
  SERENDIP_SHOP_KEY: keys.secret, SERENDIP_SHOP_FILE: demo.shopFile,
});

async function runAll(): Promise<void> {
  screen.step('Starting engines and services.');
  await stack.startServices();
  const keys = await demo.keys();
  demo.writeShop();
  await stack.startGateways(keys, shopEnvironment(keys));
  screen.step('All services are ready.');
  if (options.demo && stack.gatewayUrls.length > 0) {
    await demo.seed(keys);
    await demo.train();
    if (options.data === undefined && options.traffic > 0) {
      const args = ['run', '--gateway', stack.gatewayUrls.join(','), '--key', keys.publishable, '--rate', String(options.traffic), '--state', demo.shopState];
      stack.startExtra('simulator', 'apps/simulator/dist/main.js', { args, env: {} });
    }
  }
  stack.markReady();
  if (options.json) screen.line(JSON.stringify({ ready: true, gateways: stack.gatewayUrls, keys, dataDir: options.dataDir }));
  else screen.line(summary(stack, keys, options));
}

async function runSome(): Promise<void> {
  await stack.startServices();
  await stack.startGateways(undefined, {});
  screen.step(`Running ${stack.all.map(({ name, port }) => `${name} on port ${port}`).join(', ')}. Ctrl-C stops it.`);
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
try {
  if (options.watch) endWatch = watchSources(root, stack, screen);
  await (options.only === undefined ? runAll() : runSome());
} catch (error) {
  screen.line(`\n✗ ${isDomainError(error) ? error.message : error instanceof Error ? error.stack ?? error.message : String(error)}`);
  await stop(1);
}
