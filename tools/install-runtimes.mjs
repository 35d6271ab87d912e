// Installs what models run on and not everybody needs. usage: node tools/install-runtimes.mjs tensorflow
import { join } from 'node:path';
import { fail, installLocked, root } from './bootstrap.mjs';

const RUNTIMES = {
  tensorflow: { folder: 'libs/platform/runtimes/tensorflow', what: 'the packages of TensorFlow.js, with WebAssembly, WebGPU and tfjs-node', size: '470 MB' },
};

const [name, ...rest] = process.argv.slice(2);
const names = Object.keys(RUNTIMES).join(', ');
if (name === '--help') {
  console.log(`usage: node tools/install-runtimes.mjs <name>\n\nInstalls what models of a format run on, in the versions of its lock file. Names: ${names}.\nAfterwards \`serendip runtimes\` says what runs here.`);
  process.exit(0);
}
if (!Object.hasOwn(RUNTIMES, name ?? '') || rest.length > 0) fail(`Name what to install: ${names}. For example: node tools/install-runtimes.mjs tensorflow.`);
const { folder, what, size } = RUNTIMES[name];
installLocked(join(root, folder), what, size);
