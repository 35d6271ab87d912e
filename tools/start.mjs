// `npm start`: installs what is missing, builds what changed, and hands over to the supervisor in apps/stack.
import { join } from 'node:path';
import { build, installPackages, root, runNode } from './bootstrap.mjs';

installPackages();
await build();
process.exit(await runNode([join(root, 'apps/stack/dist/main.js'), ...process.argv.slice(2)]));
