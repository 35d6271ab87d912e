/** So many feature stores over so many users, and what an event and a read cost there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventLog } from '@serendip/events-adapters';
import { partitionOfUser } from '@serendip/features-domain';
import { PartitionOwners } from '@serendip/serving-adapters';
import { cpuOf } from '../../shared/process-cpu.ts';
import { caughtUp } from '../../shared/filling.ts';
import { TENANT, keyOf, recordOf, someUser, userId } from './records.ts';
import type { Replicas } from './replicas.ts';

/** Events or reads a second for each owner. */
const PER_SECOND = { event: 50, read: 250, readAnew: 100, readThroughAny: 125 };
/** V8 compiles what runs often: a process costs a multiple before. */
const WARM_UP_SECONDS = { event: 8, read: 8, readAnew: 0, readThroughAny: 4 };
const WARM_UP_TIMES = { event: 15, read: 6, readAnew: 0, readThroughAny: 6 };
/** What was done before is done with. */
const SETTLING_SECONDS = 0.5;
/** Users who are read again and again, wherever there are more: of the others, those of the fewest are enough to be read anew in 20 rounds. */
const ACTIVE = 2_000;
/** From one user who is read for the first time to the next: no number of users is a multiple of it. */
const STEP = 97;

export type Kind = keyof typeof PER_SECOND;
export const KINDS = Object.keys(PER_SECOND) as Kind[];

export interface Cost {
  /** Microseconds of CPU over all servers, without what they take when nothing happens. */
  readonly us: number;
  /** The same with it. */
  readonly wholeUs: number;
}

interface Used {
  times: number;
  cpuMs: number;
  tookMs: number;
}

const none = (): Used => ({ times: 0, cpuMs: 0, tookMs: 0 });

type Work = Readonly<Record<Kind, () => Promise<unknown>>>;

export class Cell {
  /** Over all rounds. */
  private readonly used: Readonly<Record<Kind | 'nothing', Used>> = { nothing: none(), event: none(), read: none(), readAnew: none(), readThroughAny: none() };
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
    // As a gateway's client: it asks owners directly, where it knows them.
    const read = (user: number) => (owners.of(partitionOfUser(keyOf(user))) ?? anyone).readUserStates(requests(user));
    let anew = 0;
    this.work = {
      event: () => log.append([recordOf(someUser(users))]),
      read: () => read(someUser(ACTIVE)),
      readAnew: () => read(ACTIVE + (anew++ * STEP) % (users - ACTIVE)),
      readThroughAny: () => anyone.readUserStates(requests(someUser(ACTIVE))),
    };
    for (const kind of KINDS) await this.paced(kind, PER_SECOND[kind] * WARM_UP_TIMES[kind], WARM_UP_SECONDS[kind]);
  }

  /** One round of one kind of work, or of nothing. */
  async measure(kind: Kind | 'nothing', seconds: number): Promise<void> {
    await sleep(SETTLING_SECONDS * 1000);
    const used = this.used[kind];
    const [cpuMs, began] = [this.cpuMs(), performance.now()];
    const times = kind === 'nothing' ? await sleep(seconds * 1000, 0) : await this.paced(kind, PER_SECOND[kind], seconds);
    used.times += times;
    used.cpuMs += this.cpuMs() - cpuMs;
    used.tookMs += performance.now() - began;
  }

  /** Share of a core that the servers take when nothing happens. */
  get idle(): number {
    return this.used.nothing.cpuMs / this.used.nothing.tookMs;
  }

  /** Of all rounds so far. */
  cost(kind: Kind): Cost {
    const { times, cpuMs, tookMs } = this.used[kind];
    return { us: ((cpuMs - this.idle * tookMs) / times) * 1000, wholeUs: (cpuMs / times) * 1000 };
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
    await this.replicas.close();
  }

  /** CPU that all servers have used. */
  private cpuMs(): number {
    return Object.values(cpuOf(this.replicas.pids)).reduce((sum, ms) => sum + ms, 0);
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
