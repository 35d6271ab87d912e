// `npm run <bench|eval|chaos|prove> -- <name>`: runs bench/<verb>/<name>.ts, which measures one promise and ends with a line of JSON.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, fail, installPackages, root, runNode } from './bootstrap.mjs';

const [verb, name, ...rest] = process.argv.slice(2);
const folder = join(root, 'bench', verb);
const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3)) : [];
if (name === undefined || name === '--help') {
  console.log(`usage: npm run ${verb} -- <name> [--help]\n\nnames: ${names.join(', ') || '(none yet)'}`);
  process.exit(name === undefined ? 2 : 0);
}
if (!names.includes(name)) fail(`There is no ${verb} named '${name}'. Known: ${names.join(', ') || '(none yet)'}.`);

installPackages();
await build();
process.exit(await runNode(['--no-warnings', join(folder, `${name}.ts`), ...rest]));
