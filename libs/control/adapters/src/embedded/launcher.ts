import { execFile, spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { DomainError } from '@serendip/shared-errors';
import type { Binaries } from './binaries.js';

interface User {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);
const ROOT: User = { uid: 0, gid: 0 };
/** The user without rights. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** Runs Postgres' programs as somebody who is not root, whom they refuse to work for. */
export class Launcher {
  /** @param owner whom its files must belong to; undefined where that is who we are. */
  private constructor(private readonly prefix: readonly string[], private readonly owner: User | undefined) {}

  /** As who we are. */
  static plain(): Launcher {
    return new Launcher([], undefined);
  }

  /** As root, in a user namespace of its own: root outside is nobody inside. */
  static inNamespace(): Launcher {
    return new Launcher(['unshare', '--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`, '--'], ROOT);
  }

  /** As root, as the user nobody, who must be able to reach programs and directory. */
  static asNobody(): Launcher {
    return new Launcher([], NOBODY);
  }

  /** The first of them that works for a directory. Throws FAILED_PRECONDITION/POSTGRES_REFUSES_ROOT. */
  static find(directory: string, { postgres }: Binaries): Launcher {
    if (process.getuid?.() !== 0) return Launcher.plain();
    const launcher = [Launcher.inNamespace(), Launcher.asNobody()].find((candidate) => candidate.works(directory, postgres));
    if (launcher !== undefined) return launcher;
    throw new DomainError('FAILED_PRECONDITION', 'POSTGRES_REFUSES_ROOT', `Postgres does not run as root, and nobody else reaches '${directory}' and its programs: run as another user, move out of root's home, or give a server in SERENDIP_CONTROL_DATABASE=postgres://…`);
  }

  /** Runs a program to its end with a text as its input; rejects as execFile does. */
  async run(program: string, args: readonly string[], input = ''): Promise<void> {
    const running = run(...this.line(program, args), this.options);
    running.child.stdin?.on('error', () => undefined).end(input);
    await running;
  }

  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return spawn(...this.line(program, args), { ...this.options, ...options });
  }

  /** Gives a file or directory with all that is in it to whom the programs run as. */
  own(path: string): void {
    if (this.owner === undefined || statSync(path).uid === this.owner.uid) return;
    spawnSync('chown', ['-R', `${this.owner.uid}:${this.owner.gid}`, path], { stdio: 'ignore' });
  }

  private works(directory: string, postgres: string): boolean {
    const succeeds = (program: string, args: readonly string[]): boolean => spawnSync(...this.line(program, args), { ...this.options, stdio: 'ignore' }).status === 0;
    if (!succeeds(postgres, ['--version'])) return false;
    this.own(directory);
    return succeeds('test', ['-w', directory]);
  }

  private line(program: string, args: readonly string[]): [string, string[]] {
    const [file, ...rest] = [...this.prefix, program, ...args];
    return [file!, rest];
  }

  private get options(): { readonly cwd: string; readonly uid?: number; readonly gid?: number } {
    return { cwd: '/', ...(this.owner === NOBODY ? NOBODY : {}) };
  }
}
