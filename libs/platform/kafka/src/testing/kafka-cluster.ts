import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@serendip/platform-grpc/free-port';
import { kafkaJars } from './kafka-jars.js';

const run = promisify(execFile);
const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg';
const startMs = 120_000;
/** Besides memory: what makes Java start sooner, at the cost of speed later. */
const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export interface KafkaClusterOptions {
  /** Brokers; default 1. The first is the controller, too. */
  readonly brokers?: number;
  /** Settings of every broker, as in server.properties. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Who may connect, by SASL's PLAIN; default anybody. */
  readonly user?: { readonly name: string; readonly password: string };
}

/** For every Java process, and for brokers alone. */
interface JavaFlags {
  readonly all: readonly string[];
  readonly broker: readonly string[];
}

interface Broker {
  readonly port: number;
  readonly folder: string;
  child: ChildProcess | undefined;
}

/** Brokers of Apache Kafka of its own on this machine (KRaft), each with 256 MB of heap and a folder of its own; for tests and shows. */
export class KafkaCluster {
  private readonly brokers: Broker[] = [];

  private constructor(private readonly jars: string, private readonly java: JavaFlags) {
    process.once('exit', () => this.brokers.forEach(({ child }) => child?.kill('SIGKILL')));
  }

  /** Starts one; resolves once all brokers take part. */
  static async start(options: KafkaClusterOptions = {}): Promise<KafkaCluster> {
    const archive = await KafkaCluster.fetch();
    return KafkaCluster.launch(options, { all: existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : [], broker: [] });
  }

  /**
   * Makes ready what every start needs, once on a machine, which takes a minute or more: the jars, and an archive of their classes as Java loads
   * them, with which a broker starts in half of the time. Answers the archive's path.
   */
  static async fetch(): Promise<string> {
    const archive = join(await kafkaJars(), 'classes.jsa');
    if (existsSync(archive)) return archive;
    const making = `${archive}-${process.pid}`;
    const cluster = await KafkaCluster.launch({}, { all: [], broker: [`-XX:ArchiveClassesAtExit=${making}`] });
    const { child } = cluster.brokers[0]!;
    const ended = once(child!, 'exit');
    child!.kill('SIGTERM');
    await ended;
    await cluster.remove();
    if (existsSync(making)) renameSync(making, archive);
    return archive;
  }

  /** The URL of a log in a topic. */
  url(topic: string, login = ''): string {
    return `kafka://${login}${this.brokers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${topic}`;
  }

  /** The addresses of the brokers. */
  get addresses(): readonly string[] {
    return this.brokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  get pids(): readonly number[] {
    return this.brokers.flatMap(({ child }) => child?.pid ?? []);
  }

  /** Starts a broker again with what it has kept; resolves once it takes connections. */
  async startBroker(index = 0): Promise<void> {
    const broker = this.brokers[index]!;
    const child = spawn('java', ['-Xms64m', '-Xmx256m', ...quick, ...this.java.all, ...this.java.broker, '-cp', join(this.jars, '*'), 'kafka.Kafka', join(broker.folder, 'server.properties')], { stdio: ['ignore', 'ignore', 'ignore'] });
    broker.child = child;
    const giveUp = performance.now() + startMs;
    while (!(await answers(broker.port))) {
      if (child.exitCode !== null || performance.now() > giveUp) throw new Error(`A Kafka broker did not start: java -cp '${this.jars}/*' kafka.Kafka ${broker.folder}/server.properties`);
      await wait(50);
    }
  }

  /** Stops a broker with no time to finish anything. */
  async kill(index = 0): Promise<void> {
    const broker = this.brokers[index]!;
    const { child } = broker;
    broker.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Stops a broker where it is (SIGSTOP), or lets it go on (SIGCONT). */
  signal(name: 'SIGSTOP' | 'SIGCONT', index = 0): void {
    this.brokers[index]!.child?.kill(name);
  }

  /** Makes a copy of what the first broker has of a topic; answers what puts that back, while it is stopped: as if the rest had not reached its disk. */
  snapshot(topic: string): () => void {
    const data = join(this.brokers[0]!.folder, 'data');
    const partitions = readdirSync(data).filter((name) => /-\d+$/.test(name) && name.startsWith(`${topic}-`));
    const copy = mkdtempSync(join(tmpdir(), 'serendip-kafka-copy-'));
    for (const partition of partitions) cpSync(join(data, partition), join(copy, partition), { recursive: true });
    return () => {
      for (const partition of partitions) {
        rmSync(join(data, partition), { recursive: true });
        cpSync(join(copy, partition), join(data, partition), { recursive: true });
      }
      rmSync(copy, { recursive: true });
    };
  }

  async remove(): Promise<void> {
    await Promise.all(this.brokers.map((_, index) => this.kill(index)));
    for (const { folder } of this.brokers) rmSync(folder, { recursive: true, force: true });
  }

  private static async launch({ brokers = 1, settings = {}, user }: KafkaClusterOptions, java: JavaFlags): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(await kafkaJars(), java);
    const controller = await freePort();
    for (let id = 1; id <= brokers; id++) await cluster.prepare({ id, controller, settings: { ...defaults(brokers), ...settings }, user });
    await Promise.all(cluster.brokers.map((_, index) => cluster.startBroker(index)));
    return cluster;
  }

  private async prepare({ id, controller, settings, user }: { readonly id: number; readonly controller: number; readonly settings: Readonly<Record<string, string>>; readonly user: KafkaClusterOptions['user'] }): Promise<void> {
    const broker: Broker = { port: await freePort(), folder: mkdtempSync(join(tmpdir(), 'serendip-kafka-')), child: undefined };
    this.brokers.push(broker);
    const listeners = `${user === undefined ? '' : 'SASL_'}PLAINTEXT://127.0.0.1:${broker.port},INTERNAL://127.0.0.1:${await freePort()}`;
    const file = join(broker.folder, 'server.properties');
    const properties = {
      'node.id': String(id),
      'process.roles': id === 1 ? 'broker,controller' : 'broker',
      'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'INTERNAL',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT',
      listeners: id === 1 ? `${listeners},CONTROLLER://127.0.0.1:${controller}` : listeners,
      'advertised.listeners': listeners,
      'log.dirs': join(broker.folder, 'data'),
      ...(user === undefined ? {} : {
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.sasl_plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user.name}="${user.password}";`,
      }),
      ...settings,
    };
    writeFileSync(file, Object.entries(properties).map(([name, value]) => `${name}=${value}\n`).join(''));
    await run('java', ['-Xmx128m', ...quick, ...this.java.all, '-cp', join(this.jars, '*'), 'kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, ...(id === 1 ? ['--standalone'] : ['--no-initial-controllers']), '--config', file]);
  }
}

function defaults(brokers: number): Readonly<Record<string, string>> {
  return {
    'offsets.topic.replication.factor': String(Math.min(3, brokers)),
    'offsets.topic.num.partitions': '1',
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'group.initial.rebalance.delay.ms': '0',
    'num.network.threads': '2',
    'num.io.threads': '4',
  };
}

/** Whether somebody listens; a connection to a port that is free may meet itself. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => { resolve(socket.localPort !== port); socket.destroy(); }).once('error', () => resolve(false));
  });
}
