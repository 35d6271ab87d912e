// Compiles src/**/*.ts of the named projects (default: all) to dist/ with SWC, only what changed.
// usage: node tools/build.mjs [libs/events/domain apps/gateway …] [--quiet]
import { transformFile } from '@swc/core';
import { globSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const projects = named.length > 0 ? named : globSync(['apps/*/package.json', 'libs/*/*/package.json', 'libs/client/package.json'], { cwd: root }).map(dirname);

const options = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'nodenext' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
};

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const isTest = (path) => /\.(spec|int-spec|gpu-spec)\.ts$/.test(path);

/** Compiles one file and answers whether it had to. */
async function compile(source, target) {
  if (modified(target) > modified(source)) return false;
  const { code } = await transformFile(source, options);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
  return true;
}

async function buildProject(project) {
  const source = join(root, project, 'src');
  const output = join(root, project, 'dist');
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !isTest(file));
  const expected = new Set(files.map((file) => file.replace(/\.ts$/, '.js')));
  for (const stale of globSync('**/*.js', { cwd: output })) if (!expected.has(stale)) rmSync(join(output, stale));
  const done = await Promise.all(files.map((file) => compile(join(source, file), join(output, file.replace(/\.ts$/, '.js')))));
  return done.filter(Boolean).length;
}

const started = Date.now();
const counts = await Promise.all(projects.map(buildProject));
const changed = counts.reduce((sum, count) => sum + count, 0);
if (changed > 0) console.log(`• Built ${changed} files of ${projects.length} projects (${((Date.now() - started) / 1000).toFixed(1)} s).`);
