/** Installs what runtimes need that not everybody has. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { getuid } from 'node:process';
import { join } from 'node:path';
import { root } from '../../shared/stack-process.ts';

const PACKAGES = 'node_modules/@tensorflow/tfjs-core';

/** The packages of TensorFlow.js; and a Vulkan driver in software where there is no graphics card and Debian's packages may be installed. To be called before a runtime is looked for. */
export function installMissing(): void {
  const run = (command: string, ...args: readonly string[]) => execFileSync(command, args, { cwd: root, stdio: 'inherit' });
  if (!existsSync(join(root, PACKAGES))) run(process.execPath, 'tools/install-runtimes.mjs', 'tensorflow');
  if (!hasCard() && getuid?.() === 0 && existsSync('/usr/bin/apt-get')) run('bash', 'tools/install-software-vulkan.sh');
}

function hasCard(): boolean {
  return existsSync('/dev/nvidia0') || (existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('render')));
}
