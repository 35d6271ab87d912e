// `npm test`: installs what is missing and runs the tests. Arguments go to Jest: `npm test -- libs/events`.
import { join } from 'node:path';
import { build, installPackages, root, runNode } from './bootstrap.mjs';

installPackages();
await build();
const jest = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];
process.exit(await runNode([...jest, ...process.argv.slice(2)]));
