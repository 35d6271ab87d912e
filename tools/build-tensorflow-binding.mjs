// Builds the binding of @tensorflow/tfjs-node-gpu against a libtensorflow that is there: the machine's, or that of a `tensorflow` Python package. It needs
// g++ and takes half a minute. usage: node tools/build-tensorflow-binding.mjs [--help] [--json] [--libtensorflow <dir> | --download <package>]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, pinnedNode, root } from './bootstrap.mjs';

const HELP = `Builds the binding of @tensorflow/tfjs-node-gpu, with which TensorFlow models (SavedModels too) run on TensorFlow itself.

  --libtensorflow <dir>   where the library is: a folder with libtensorflow*.so* or lib/ and include/tensorflow/c/c_api.h, such as the folder
                          'tensorflow' of an installed Python package (default: /usr/local, /usr, then Python's own package)
  --download <package>    fetch this Python package with pip first, into .serendip/libtensorflow: tensorflow-cpu, or tensorflow for CUDA
  --json                  answer { binding, libtensorflow } on standard output
  --help`;

const { values: options } = parseArgs({ options: { help: { type: 'boolean' }, json: { type: 'boolean' }, libtensorflow: { type: 'string' }, download: { type: 'string' } } });
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const say = (line) => console.error(`• ${line}`);

function run(command, args, what) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) fail(`${what} failed: ${error?.message ?? stderr.trim().split('\n').slice(-5).join('\n')}`);
}

/** The folder of a Python package, without running any of it. */
function pythonPackage() {
  const { stdout } = spawnSync('python3', ['-c', 'import importlib.util as u; s = u.find_spec("tensorflow"); print(s.submodule_search_locations[0] if s else "")'], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function download(name) {
  const folder = join(root, '.serendip/libtensorflow', name);
  if (!existsSync(join(folder, 'tensorflow'))) {
    say(`Fetching the Python package ${name} (some 300 MB) …`);
    run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, name], `pip install ${name}`);
  }
  return join(folder, 'tensorflow');
}

/** Libraries and headers under a folder. Undefined where there are none. */
function libraryIn(folder) {
  const include = join(folder, 'include');
  if (!existsSync(join(include, 'tensorflow/c/c_api.h'))) return undefined;
  for (const lib of [folder, join(folder, 'lib'), join(folder, 'lib/x86_64-linux-gnu'), join(folder, 'lib/aarch64-linux-gnu')]) {
    const names = existsSync(lib) ? readdirSync(lib).sort() : [];
    const [library, framework] = [/^libtensorflow(_cc)?\.so/, /^libtensorflow_framework\.so/].map((pattern) => names.find((name) => pattern.test(name)));
    if (library !== undefined && framework !== undefined) return { lib, include, files: [join(lib, library), join(lib, framework)] };
  }
  return undefined;
}

const given = options.download === undefined ? options.libtensorflow : download(options.download);
const folders = given === undefined ? ['/usr/local', '/usr', pythonPackage()].filter(Boolean) : [resolve(given)];
const library = folders.map(libraryIn).find(Boolean);
if (library === undefined) fail(`There is no libtensorflow with its headers in ${folders.join(', ')}. Name its folder with --libtensorflow, or fetch one: --download tensorflow-cpu.`);

const require = createRequire(join(root, 'libs/platform/runtimes/tensorflow/package.json'));
let source;
try {
  source = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
} catch {
  fail('The package @tensorflow/tfjs-node-gpu is not installed: node tools/install-runtimes.mjs tensorflow.');
}
const headers = join(dirname(dirname(pinnedNode())), 'include/node');
if (!existsSync(join(headers, 'node_api.h'))) fail(`Node's headers are not in ${headers}.`);

const NAPI = 8;
const target = join(source, `lib/napi-v${NAPI}`);
mkdirSync(target, { recursive: true });
const binding = join(target, 'tfjs_binding.node');
say(`Compiling against ${library.lib} …`);
run('g++', [
  '-O2', '-std=c++17', '-shared', '-fPIC', `-DNAPI_VERSION=${NAPI}`, '-DBUILDING_NODE_EXTENSION', `-I${source}`, `-I${headers}`, `-I${library.include}`,
  join(source, 'binding/tfjs_backend.cc'), join(source, 'binding/tfjs_binding.cc'), '-o', binding, ...library.files, `-Wl,-rpath,${library.lib}`,
], 'g++');
say('The binding is built.');
if (options.json) console.log(JSON.stringify({ binding, libtensorflow: library.files[0] }));
