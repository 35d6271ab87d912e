// Makes a fresh checkout usable: installs what is missing and finds the pinned Node. Runs on Node 20.19 or newer,
// imports nothing but Node itself, and does nothing when there is nothing to do.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Prints one clear sentence and ends the process with status 1. */
export function fail(sentence) {
  console.error(`\n✗ ${sentence}`);
  process.exit(1);
}

/** Installs the npm packages of the lock file when they are missing or older than it. */
export function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Serendip needs Node 20.19 or newer to start (this is ${process.versions.node}); it brings its own Node 24 after that.`);
  }
  installLocked(root, 'npm packages', '1 GB');
}

/** Installs what the lock file of a folder names, scripts off, unless that was done: `what` and about how much it is are told. */
export function installLocked(folder, what, size) {
  const lock = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex');
  const stamp = join(folder, 'node_modules/.serendip-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const started = Date.now();
  console.log(`• Installing ${what} (once, about ${size}) …`);
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  if (npm.status !== 0) fail('npm could not install the packages: see its message above, check the network, and run the command again.');
  writeFileSync(stamp, lock);
  console.log(`• Installed ${what} (${((Date.now() - started) / 1000).toFixed(0)} s).`);
}

/** Path of the Node binary that package.json pins; the running one where its platform has no package. */
export function pinnedNode() {
  const require = createRequire(join(root, 'package.json'));
  try {
    return join(dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)), 'bin/node');
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
    return fail(`There is no packaged Node 24 for ${process.platform}-${process.arch}: install Node 24 and run the command again.`);
  }
}

/** Runs the pinned Node with these arguments in the foreground, passes signals on, and resolves to its exit status. */
export function runNode(args, { env = {}, cwd = root } = {}) {
  const node = pinnedNode();
  const path = `${dirname(node)}:${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
  const child = spawn(node, args, { cwd, stdio: 'inherit', env: { ...process.env, PATH: path, ...env } });
  // A terminal's Ctrl-C reaches the child by itself; what is sent to this process alone is passed on.
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, pass);
  process.on('SIGINT', () => { if (!process.stdin.isTTY) child.kill('SIGINT'); });
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1))));
}

/** Builds every project whose sources are newer than its output; ends the process when that fails. */
export async function build() {
  const status = await runNode([join(root, 'tools/build.mjs')]);
  if (status !== 0) fail('The build failed: see the messages above.');
}
