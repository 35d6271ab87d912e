// Writes each project's TypeScript references from what its sources import, and the root tsconfig.json that lists all projects.
// usage: node tools/sync-references.mjs [--check]
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const folders = globSync(['apps/*/package.json', 'libs/*/*/package.json', 'libs/client/package.json'], { cwd: root }).map(dirname).sort();
const folderOf = new Map(folders.map((folder) => [JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name, folder]));

function importsOf(folder) {
  const found = new Set();
  for (const file of globSync('src/**/*.ts', { cwd: join(root, folder) })) {
    const text = readFileSync(join(root, folder, file), 'utf8');
    for (const [, name] of text.matchAll(/from '(@serendip\/[a-z-]+)(?:\/[a-z-]+)?'/g)) {
      const target = folderOf.get(name);
      if (target !== undefined && target !== folder) found.add(target);
    }
  }
  return [...found].sort();
}

const outdated = [];
function update(path, references) {
  const text = readFileSync(path, 'utf8');
  const next = `${JSON.stringify({ ...JSON.parse(text), references: references.map((path) => ({ path })) }, null, 2)}\n`;
  if (next === text) return;
  outdated.push(relative(root, path));
  if (!check) writeFileSync(path, next);
}

for (const folder of folders) {
  update(join(root, folder, 'tsconfig.json'), importsOf(folder).map((target) => relative(folder, target)));
}
update(join(root, 'tsconfig.json'), folders.map((folder) => `./${folder}`));
if (check && outdated.length > 0) {
  console.error(`TypeScript references are out of date in ${outdated.join(', ')}: run node tools/sync-references.mjs.`);
  process.exit(1);
}
