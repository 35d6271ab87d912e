// Runs buf, which is installed when it is first wanted: few change contracts. usage: node tools/buf.mjs <generate | lint | …>
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { installLocked, root } from './bootstrap.mjs';

const folder = join(root, 'tools/contracts');
installLocked(folder, 'buf and its generator of TypeScript', '130 MB');
const bin = join(folder, 'node_modules/.bin');
const { status } = spawnSync(join(bin, 'buf'), process.argv.slice(2), { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` } });
process.exit(status ?? 1);
