import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';

export interface StackOptions {
  /** Directory of everything that is kept. */
  readonly dataDir: string;
  /** A MovieLens folder to import in place of the demo shop. */
  readonly data: string | undefined;
  readonly port: number;
  readonly gateways: number;
  readonly featureStores: number;
  readonly watch: boolean;
  readonly verbose: boolean;
  /** Seed the demo shop and train; false leaves the install empty. */
  readonly demo: boolean;
  /** Demo sessions a second; 0 for none. */
  readonly traffic: number;
  /** Any free ports for everything but the gateways. */
  readonly freePorts: boolean;
  /** Run just these services. */
  readonly only: readonly string[] | undefined;
  /** Leave these services out. */
  readonly without: readonly string[];
  /** Print what runs as one JSON object when ready. */
  readonly json: boolean;
  /** Where events and state are kept, as URLs; undefined for LMDB in `dataDir`. */
  readonly log: string | undefined;
  readonly state: string | undefined;
  /** Where objects are kept, as a URL; undefined for a directory in `dataDir`. */
  readonly objects: string | undefined;
  /** Fault planted in ingestion or the feature store, for chaos tests. */
  readonly fault: string | undefined;
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}

function atLeastOne(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return value;
}

const list = (text: string): string[] => text.split(',').filter((name) => name !== '');

/** What `npm start -- …` was told. */
export function parseOptions(argv: readonly string[]): StackOptions {
  const command = new Command('npm start --')
    .description('Starts the whole of Serendip on this machine: every service a process of its own, on embedded engines, with demo data.')
    .option('--data <dir>', 'import this MovieLens folder (100K or 1M) in place of the demo shop')
    .option('--data-dir <dir>', 'where everything is kept (default: .serendip/demo, or .serendip/<name of the data folder>)')
    .option('--port <port>', 'public port of the gateway; 0 for a free one', number, 8080)
    .option('--gateways <n>', 'gateways to run, on neighbouring ports', number, 1)
    .option('--feature-stores <n>', 'feature stores that share the partitions; more than 1 need --log in Redis or Kafka and --state in Redis', atLeastOne, 1)
    .option('--free-ports', 'any free ports for the services behind the gateway', false)
    .option('--no-demo', 'start empty: no demo data, no training')
    .option('--traffic <rate>', 'demo shoppers that arrive in a second', number, 0.2)
    .option('--only <services>', 'run just these, separated by commas', list)
    .option('--without <services>', 'leave these out, separated by commas', list, [])
    .option('--watch', 'rebuild and restart what a change to the sources concerns', false)
    .option('--verbose', 'show every log line', false)
    .option('--json', 'print one JSON object when ready', false)
    .option('--log <url>', 'keep events there, for example redis://127.0.0.1:6379/0, redis-cluster://… or kafka://127.0.0.1:9092/events (default: LMDB in the data directory)')
    .option('--state <url>', 'keep the state of users and items there: redis://… or redis-cluster://… (default: LMDB in the data directory)')
    .option('--objects <url>', 'keep models, the archive and data sets there: s3://bucket/folder?endpoint=… (default: a directory in the data directory)')
    .option('--fault <name>', 'plant a fault for chaos tests: early-ack, no-dedupe or cursor-apart')
    .parse(argv as string[]);
  const options = command.opts<Omit<StackOptions, 'dataDir'> & { dataDir?: string }>();
  if (options.featureStores > 1 && ![options.log, options.state].every((url) => url !== undefined && !url.startsWith('lmdb:'))) {
    command.error(`error: ${options.featureStores} feature stores need a log and a state that several processes can share: give --log redis://…, redis-cluster://… or kafka://… and --state redis://… or redis-cluster://…; LMDB is for one.`);
  }
  const name = options.data === undefined ? (options.demo ? 'demo' : 'empty') : resolve(options.data).split('/').at(-1)!;
  return { ...options, data: options.data, dataDir: resolve(options.dataDir ?? `.serendip/${name}`), only: options.only, log: options.log, state: options.state, objects: options.objects, fault: options.fault };
}
