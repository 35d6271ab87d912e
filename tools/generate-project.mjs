// Writes a new library or app with its tags, README and first test, so that the right way is the short way.
// usage: node tools/generate-project.mjs libs/<scope>/<name> <type> ["one sentence"]   |   apps/<name> <scope>
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [folder, second, sentence = ''] = process.argv.slice(2);
if (folder === undefined || second === undefined) {
  console.error('usage: node tools/generate-project.mjs libs/<scope>/<name> <type> ["one sentence"] | apps/<name> <scope> ["one sentence"]');
  process.exit(2);
}
const parts = folder.split('/');
const isApp = parts[0] === 'apps';
const name = `@serendip/${isApp ? parts[1] : parts[1] === 'platform' ? `platform-${parts[2]}` : parts.slice(1).join('-')}`;
const tags = isApp ? [`scope:${second}`, 'type:app'] : [`scope:${parts[1]}`, `type:${second}`];
const entry = (file) => ({ '@serendip/source': `./src/${file}.ts`, types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` });
const exports = second === 'domain' ? { '.': entry('index'), './testing': entry('testing/index') } : { '.': entry('index') };

const files = {
  'package.json': `${JSON.stringify({ name, version: '0.1.0', private: true, type: 'module', ...(isApp ? {} : { exports }), nx: { tags } }, null, 2)}\n`,
  'tsconfig.json': `${JSON.stringify({
    extends: isApp ? '../../tsconfig.base.json' : '../../../tsconfig.base.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
    include: ['src'],
    references: [],
  }, null, 2)}\n`,
  'README.md': `# ${name}\n\n${sentence}\n`,
  ...sourcesOf(),
};

/** An entry with something in it, and a test that fails until it says what the project is for. */
function sourcesOf() {
  if (isApp) return { 'src/main.ts': '' };
  const test = [
    "import { describe, expect, it } from '@jest/globals';", "import * as library from './index.js';", '',
    `describe('${name}', () => {`, "  it('exports what it is for', () => {", '    expect(Object.keys(library).length).toBeGreaterThan(0);', '  });', '});', '',
  ].join('\n');
  return { 'src/index.ts': 'export {};\n', 'src/index.spec.ts': test, ...(second === 'domain' ? { 'src/testing/index.ts': 'export {};\n' } : {}) };
}

for (const [file, text] of Object.entries(files)) {
  const path = join(root, folder, file);
  if (existsSync(path)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
console.log(`${folder}: ${name} [${tags.join(', ')}]. Run npm install to link it and node tools/sync-references.mjs after its first import.`);
