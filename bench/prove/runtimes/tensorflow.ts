/** TensorFlow itself: its library from a Python package, the binding built against it, and a SavedModel that it wrote. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelFiles } from '@serendip/platform-runtimes';
import { WEIGHTS } from '@serendip/platform-runtimes/testing';
import { root } from '../../shared/stack-process.ts';

const PACKAGE = 'tensorflow-cpu';

/** Fetches TensorFlow unless it was before, and builds the binding of tfjs-node against its library. */
export function buildBinding(): void {
  execFileSync(process.execPath, [join(root, 'tools/build-tensorflow-binding.mjs'), '--download', PACKAGE], { stdio: 'inherit' });
}

/** The dense model as TensorFlow saves it, its files named as in a bundle. */
export function savedModelFiles(): ModelFiles {
  const folder = mkdtempSync(join(tmpdir(), 'serendip-runtimes-'));
  try {
    const weights = JSON.stringify(Object.fromEntries(Object.entries(WEIGHTS).map(([name, values]) => [name, [...values]])));
    execFileSync('python3', [join(root, 'bench/prove/runtimes/saved_model.py'), folder], {
      input: weights, stdio: ['pipe', 'ignore', 'pipe'], env: { ...process.env, PYTHONPATH: join(root, '.serendip/libtensorflow', PACKAGE) },
    });
    const variables = ['variables.index', 'variables.data-00000-of-00001'];
    return Object.fromEntries([['saved_model.pb', readFileSync(join(folder, 'saved_model.pb'))], ...variables.map((name) => [name, readFileSync(join(folder, 'variables', name))])]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
