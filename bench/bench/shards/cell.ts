/** So many feature stores over so many users, and what an event and a read cost there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLog } from '@serendip/events-adapters';
import { PartitionOwners } from '@serendip/serving-adapters';
import { partitionOf, userEntity } from '@serendip/shared-identity';
import { cpuOf } from '../../shared/process-cpu.ts';
import { caughtUp } from '../../shared/filling.ts';
import { TENANT, recordOf, someUser, userId } from './records.ts';
import type { Replicas } from './replicas.ts';

/** Events or reads a second for each owner, and for how many seconds. */
const PER_SECOND = 250;
const SECONDS = 8;
/** V8 compiles what runs often: a process costs a multiple before. */
const WARM_UP_SECONDS = 8;
const WARM_UP_TIMES = 3;
const IDLE_SECONDS = 3;

export const KINDS = ['event', 'read', 'readThroughAny'] as const;
export type Kind = (typeof KINDS)[number];

export interface Cost {
  /** Microseconds of CPU over all servers, without what they take when nothing happens. */
  readonly us: number;
  /** The same with it. */
  readonly wholeUs: number;
}

type Work = Readonly<Record<Kind, () => Promise<unknown>>>;

export class Cell {
  /** By round. */
  readonly costs: Readonly<Record<Kind, Cost[]>> = { event: [], read: [], readThroughAny: [] };
  readonly idlePercents: number[] = [];
  /** Events and reads that were not done in time. */
  failed = 0;
  private readonly owners: number;
  private readonly users: number;
  private readonly replicas: Replicas;
  private work: Work | undefined;
  private readonly closing: (() => unknown)[] = [];

  constructor(owners: number, users: number, replicas: Replicas) {
    this.owners = owners;
    this.users = users;
    this.replicas = replicas;
  }

  get name(): string {
    return `owners${this.owners}Users${this.users}`;
  }

  /** Starts the feature stores and makes them warm. */
  async start(): Promise<void> {
    const { replicas, users } = this;
    const anyone = await replicas.run(this.owners);
    await caughtUp(anyone);
    const log = await openEventLog(replicas.logUrl, { mode: 'writer' });
    const owners = new PartitionOwners(anyone, (address) => replicas.client(address));
    this.closing.push(() => owners.close(), () => log.close());
    await owners.ask();
    const requests = (user: number) => ({ requests: [{ tenant: TENANT, userId: userId(user) }] });
    this.work = {
      event: () => log.append([recordOf(someUser(users))]),
      // As a gateway's client: it asks owners directly, where it knows them.
      read: () => {
        const user = someUser(users);
        return (owners.of(partitionOf(TENANT, userEntity(userId(user)))) ?? anyone).readUserStates(requests(user));
      },
      readThroughAny: () => anyone.readUserStates(requests(someUser(users))),
    };
    for (const kind of KINDS) await this.paced(kind, PER_SECOND * WARM_UP_TIMES, WARM_UP_SECONDS);
  }

  /** One round of each. */
  async measure(): Promise<void> {
    const idle = await this.used(() => sleep(IDLE_SECONDS * 1000));
    const idlePerMs = idle.cpuMs / idle.tookMs;
    this.idlePercents.push(idlePerMs * 100);
    for (const kind of KINDS) {
      const { cpuMs, tookMs, result: times } = await this.used(() => this.paced(kind, PER_SECOND, SECONDS));
      this.costs[kind].push({ us: ((cpuMs - idlePerMs * tookMs) / times) * 1000, wholeUs: (cpuMs / times) * 1000 });
    }
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
    await this.replicas.close();
  }

  /** CPU of all servers while something is done. */
  private async used<T>(doing: () => Promise<T>): Promise<{ readonly result: T; readonly cpuMs: number; readonly tookMs: number }> {
    const cpuMs = (): number => Object.values(cpuOf(this.replicas.pids)).reduce((sum, ms) => sum + ms, 0);
    const [before, began] = [cpuMs(), performance.now()];
    const result = await doing();
    return { result, cpuMs: cpuMs() - before, tookMs: performance.now() - began };
  }

  /** Does it for so long, each begun when it is due; answers how often. */
  private async paced(kind: Kind, perSecondOfEach: number, seconds: number): Promise<number> {
    const once = this.work![kind];
    const perSecond = perSecondOfEach * this.owners;
    const began = performance.now();
    const waiting = new Set<Promise<unknown>>();
    let done = 0;
    while (performance.now() - began < seconds * 1000) {
      for (const due = ((performance.now() - began) * perSecond) / 1000; done < due; done++) {
        const one = once().catch(() => { this.failed++; }).finally(() => waiting.delete(one));
        waiting.add(one);
      }
      await sleep(1);
    }
    await Promise.all(waiting);
    return done;
  }
}
