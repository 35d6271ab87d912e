// `npm run generate`: regenerates libs/shared/contracts/src/generated from proto/ with buf.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const buf = spawnSync('node_modules/.bin/buf', ['generate'], { cwd: root, stdio: 'inherit' });
process.exit(buf.status ?? 1);
