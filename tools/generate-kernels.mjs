// `npm run generate`: assembles WebAssembly text (libs/*/*/kernels/*.wat) into src/generated/<name>.ts beside it, so that what is built and run needs no assembler.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { parseWat } = await wabt();
const FEATURES = { simd: true, relaxed_simd: true, threads: true };

for (const file of globSync('libs/*/*/kernels/*.wat', { cwd: root })) {
  const name = basename(file, '.wat');
  const module = parseWat(basename(file), readFileSync(join(root, file), 'utf8'), FEATURES);
  module.validate(FEATURES);
  const text = Buffer.from(module.toBinary({}).buffer).toString('base64');
  const folder = join(root, dirname(dirname(file)), 'src/generated');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.ts`), `// Generated from kernels/${name}.wat by \`npm run generate\`. Not to be edited.\nexport default '${text}';\n`);
}
