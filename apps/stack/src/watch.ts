import { spawn } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Screen } from './screen.js';
import type { Stack } from './stack.js';

const SETTLE_MS = 150;

/** Folders a project is built from: itself and every library it references, all the way down. */
function sourcesOf(root: string, project: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(project)) return known;
  known.add(project);
  const file = join(root, project, 'tsconfig.json');
  if (!existsSync(file)) return known;
  const { references = [] } = JSON.parse(readFileSync(file, 'utf8')) as { references?: { path: string }[] };
  for (const { path } of references) sourcesOf(root, relative(root, resolve(root, project, path)), known);
  return known;
}

/** Rebuilds what changed and starts again exactly the services that are made of it. Answers how to end the watch. */
export function watchSources(root: string, stack: Stack, screen: Screen): () => void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const rebuild = (): void => {
    const projects = [...changed];
    changed.clear();
    const build = spawn(process.execPath, [join(root, 'tools/build.mjs'), ...projects], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    build.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
    build.once('exit', (code) => {
      if (code !== 0) {
        screen.line(`The build failed; what runs goes on with the code it has.\n${errors.trim()}`);
        return;
      }
      const affected = stack.all.filter(({ app }) => projects.some((project) => sourcesOf(root, `apps/${app}`).has(project)));
      screen.step(`Changed: ${projects.join(', ')}. Starting again: ${affected.map(({ name }) => name).join(', ') || 'nothing'}.`);
      for (const { name } of affected) stack.process(name)?.restart();
    });
  };

  const watchers = ['apps', 'libs'].map((top) => watch(join(root, top), { recursive: true }, (_, file) => {
    const match = file === null ? null : /^(.+?)\/src\/.+\.ts$/.exec(file);
    if (match === null || file!.endsWith('.spec.ts')) return;
    changed.add(`${top}/${match[1]}`);
    clearTimeout(timer);
    timer = setTimeout(rebuild, SETTLE_MS);
  }));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
