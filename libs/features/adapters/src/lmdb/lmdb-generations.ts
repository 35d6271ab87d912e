import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Generations, type StateStore } from '@serendip/features-domain';
import { LmdbStateStore } from './lmdb-state-store.js';

const CURRENT = 'current';
const FIRST = '1';
const isGeneration = (name: string): boolean => /^\d+$/.test(name);

/** Generations as folders of one folder; its file `current` names the live one. */
export class LmdbGenerations extends Generations {
  constructor(private readonly folder: string) {
    super();
  }

  /** The folder of the live generation, which is made when there is none. What a rebuild has left that did not come to its end is removed. */
  openLive(): string {
    mkdirSync(this.folder, { recursive: true });
    if (!existsSync(join(this.folder, CURRENT))) this.begun();
    const live = this.live();
    for (const name of this.names()) if (name !== live) rmSync(join(this.folder, name), { recursive: true });
    return join(this.folder, live);
  }

  async begin(): Promise<string> {
    await this.removeOthers();
    const path = join(this.folder, String(Number(this.live()) + 1));
    mkdirSync(path);
    return `lmdb:${path}`;
  }

  async switchTo(url: string): Promise<StateStore> {
    const path = url.slice('lmdb:'.length);
    this.name(basename(path));
    return new LmdbStateStore(path);
  }

  /** One process has them. */
  async settle(): Promise<void> {}

  async tell(): Promise<void> {}

  async told(): Promise<undefined> {
    return undefined;
  }

  async removeOthers(): Promise<void> {
    const live = this.live();
    await Promise.all(this.names().filter((name) => name !== live).map((name) => rm(join(this.folder, name), { recursive: true })));
  }

  /** A folder that held the state itself, before there were generations, becomes the first. */
  private begun(): void {
    mkdirSync(join(this.folder, FIRST), { recursive: true });
    for (const file of ['data.mdb', 'lock.mdb']) {
      if (existsSync(join(this.folder, file))) renameSync(join(this.folder, file), join(this.folder, FIRST, file));
    }
    this.name(FIRST);
  }

  /** On disk before it holds, and whole or not at all. */
  private name(live: string): void {
    const next = join(this.folder, `${CURRENT}.next`);
    writeFileSync(next, live, { flush: true });
    renameSync(next, join(this.folder, CURRENT));
  }

  private live(): string {
    return readFileSync(join(this.folder, CURRENT), 'utf8');
  }

  private names(): readonly string[] {
    return readdirSync(this.folder).filter(isGeneration);
  }
}
