import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Generations, type RebuildNews, type StateStore } from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';
import { PARTITIONS } from '@serendip/shared-identity';
import { BEGIN, REMOVE, SWITCH, TELL } from './generation-scripts.js';
import type { LiveGenerations } from './live-generations.js';
import { BACKGROUND_MS, type RedisConnection, type Reply } from './redis-connection.js';
import { EVERY_KEY, generationKeys, generationOf, ownerOfKey } from './state-keys.js';

/** Both in one slot. */
const NEWS_KEYS = ['serendip:rebuild:{rebuild}:maker', 'serendip:rebuild:{rebuild}:news'];
/** Who makes a generation and says nothing for so long, milliseconds, has given it up. */
const SILENCE_MS = 5000;
/** Between two pages of keys, so that removing them leaves Redis time for others. */
const PAUSE_MS = 5;
const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);

interface Pointers {
  readonly live: number;
  readonly newest: number;
  readonly swept: number;
}

/**
 * Generations by the names of their keys. A partition's slot says which is live and which may be written besides, so a commit to any other is
 * refused. Partition 0 decides: once it has switched, or another generation was begun in it, the others follow, whoever sees to it.
 */
export class RedisGenerations extends Generations {
  private readonly self = randomUUID();
  private begun: number | undefined;

  /** @param replicas how many must have a switch before it counts. */
  constructor(private readonly parts: { readonly connection: RedisConnection; readonly live: LiveGenerations; readonly replicas: number; readonly url: string }) {
    super();
  }

  async begin(): Promise<string> {
    await this.requireMemory();
    await this.complete(await this.pointers());
    this.begun = await this.supersede(await this.pointers());
    await this.sweep(undefined);
    return `${this.parts.url}#${this.begun}`;
  }

  async switchTo(url: string): Promise<StateStore | undefined> {
    const generation = Number(url.split('#')[1]);
    this.begun = undefined;
    if (!(await this.switchOne(0, generation))) throw lost();
    // It is decided: whatever fails from here on is completed by the next `settle`, of any process.
    await this.complete(await this.pointers()).catch(() => undefined);
    return undefined;
  }

  async removeOthers(): Promise<void> {
    await this.sweep(undefined);
  }

  async settle(): Promise<void> {
    const pointers = await this.pointers();
    await this.complete(pointers);
    if (pointers.every(({ newest, swept }) => newest === swept) || (await this.isBeingMade())) return;
    const isGivenUp = pointers.some(({ live, newest }) => live !== newest);
    await this.sweep(isGivenUp ? await this.supersede(await this.pointers()) : undefined);
  }

  async tell(news: string, { goesOn }: { readonly goesOn: boolean }): Promise<void> {
    if (this.begun !== undefined && (await this.pointersOf(0)).newest !== this.begun) throw lost();
    if (!goesOn) this.begun = undefined;
    if ((await this.run(TELL, NEWS_KEYS, [this.self, goesOn ? SILENCE_MS : 0, news])) !== 1) throw lost();
  }

  async told(): Promise<RebuildNews | undefined> {
    const [maker, news] = await this.ask('MGET', NEWS_KEYS);
    return news === null ? undefined : { news: String(news), goesOn: maker !== null };
  }

  /** Begins a generation that is newer than all, everywhere, so that nobody can write or switch to what was being made. Answers which. */
  private async supersede(pointers: readonly Pointers[]): Promise<number> {
    const generation = Math.max(...pointers.map(({ newest }) => newest)) + 1;
    const beginIn = async (partition: number): Promise<void> => {
      const keys = [generationKeys.live(partition), generationKeys.newest(partition)];
      if ((await this.run(BEGIN, keys, [generation, pointers[partition]!.live])) !== 1) throw lost();
    };
    await beginIn(0);
    await Promise.all(ALL.slice(1).map(beginIn));
    return generation;
  }

  /** What was switched to in one partition is switched to in all. */
  private async complete(pointers: readonly Pointers[]): Promise<void> {
    const decided = Math.max(...pointers.map(({ live }) => live));
    await Promise.all(pointers.map(async ({ live, newest }, partition) => {
      if (live < decided && newest === decided) await this.switchOne(partition, decided);
    }));
  }

  private async switchOne(partition: number, generation: number): Promise<boolean> {
    const keys = [generationKeys.live(partition), generationKeys.newest(partition)];
    if ((await this.run(SWITCH, keys, [generation])) !== 1) return false;
    this.parts.live.notice(partition, generation);
    return true;
  }

  /** Removes, page by page, every generation that is neither live nor the newest; `empty` is one that nobody makes. */
  private async sweep(empty: number | undefined): Promise<void> {
    const { connection } = this.parts;
    const pointers = await this.pointers();
    for await (const keys of connection.scan(EVERY_KEY)) {
      const owned = keys.flatMap((key) => {
        const owner = ownerOfKey(String(key));
        const isOld = owner !== undefined && owner.generation !== pointers[owner.partition]!.live && owner.generation < pointers[owner.partition]!.newest;
        return isOld ? [{ key, ...owner }] : [];
      });
      await Promise.all([...Map.groupBy(owned, ({ partition }) => partition)].map(([partition, some]) =>
        this.run(REMOVE, [generationKeys.live(partition), generationKeys.newest(partition), ...some.map(({ key }) => key)], some.map(({ generation }) => generation))));
      await sleep(PAUSE_MS);
    }
    await Promise.all(pointers.map(({ live, newest }, partition) => this.ask('SET', [generationKeys.swept(partition), newest === live || newest === empty ? newest : newest - 1])));
  }

  private async isBeingMade(): Promise<boolean> {
    return (await this.ask('GET', [NEWS_KEYS[0]!])) !== null;
  }

  private async pointers(): Promise<readonly Pointers[]> {
    return Promise.all(ALL.map((partition) => this.pointersOf(partition)));
  }

  private async pointersOf(partition: number): Promise<Pointers> {
    const [live, newest, swept] = (await this.ask('MGET', [generationKeys.live(partition), generationKeys.newest(partition), generationKeys.swept(partition)])).map(generationOf);
    this.parts.live.notice(partition, live!);
    return { live: live!, newest: newest!, swept: swept! };
  }

  private async ask(command: string, args: readonly (string | number | Buffer)[]): Promise<readonly Reply[]> {
    const { connection } = this.parts;
    return (await connection.within(BACKGROUND_MS, () => connection.send(command, args))) as readonly Reply[];
  }

  private async run(script: typeof BEGIN, keys: readonly (string | Buffer)[], args: readonly (string | number)[]): Promise<Reply> {
    const { connection, replicas } = this.parts;
    return connection.within(BACKGROUND_MS, () => connection.runScript(script, keys, args, replicas));
  }

  /** Two generations need twice the memory: a Redis that has none left refuses the live one's commits too. */
  private async requireMemory(): Promise<void> {
    const { connection } = this.parts;
    for (const { node, info } of await connection.within(BACKGROUND_MS, () => connection.describeNodes())) {
      const [used, most] = ['used_memory', 'maxmemory'].map((fact) => Number(new RegExp(`^${fact}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)) as [number, number];
      if (most === 0 || used * 2 <= most) continue;
      throw new DomainError('FAILED_PRECONDITION', 'REBUILD_NO_MEMORY', `Redis at ${node} uses ${used} of ${most} bytes, and a second generation needs as much again: raise its maxmemory to ${used * 2}, or add nodes.`);
    }
  }
}

const lost = (): DomainError => new DomainError('ABORTED', 'REBUILD_ELSEWHERE', 'Another feature store makes the state anew, or has given this attempt up because nothing was heard of it: look at how that one goes, or begin again.');
