/** `npm run prove -- start`: what a newcomer does, word for word, on a fresh copy of the repository. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@serendip/platform-grpc/free-port';
import { note, show, type Outcome } from '../shared/show.ts';
import { root } from '../shared/stack-process.ts';

const READY = 'Serendip is ready.';

interface Started {
  readonly child: ChildProcess;
  readonly seconds: number;
  readonly output: string;
}

/** Copies what git tracks; the npm packages are linked, since their installation is not measured. */
function freshCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'serendip-fresh-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, maxBuffer: 64 << 20 }).toString().split('\0').filter(Boolean);
  for (const file of files) cpSync(join(root, file), join(copy, file), { recursive: true });
  // Packages of the workspace must be the copy's own: every other one is linked.
  mkdirSync(join(copy, 'node_modules/@serendip'), { recursive: true });
  for (const entry of readdirSync(join(root, 'node_modules'))) if (entry !== '@serendip') symlinkSync(join(root, 'node_modules', entry), join(copy, 'node_modules', entry));
  for (const manifest of globSync(['apps/*/package.json', 'libs/{*,*/*}/package.json'], { cwd: copy })) {
    const folder = dirname(manifest);
    const { name } = JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8')) as { name: string };
    symlinkSync(join(copy, folder), join(copy, 'node_modules', name));
  }
  return copy;
}

/** `npm start` until it says ready. */
function start(copy: string, port: number): Promise<Started> {
  const began = performance.now();
  const child = spawn('npm', ['start', '--', '--port', String(port)], { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    let readyAt = 0;
    const onLine = (line: string): void => {
      lines.push(line);
      if (readyAt === 0) note(`  ${line}`);
      if (line.includes(READY)) readyAt = performance.now();
      if (readyAt > 0 && line.includes('Ctrl-C stops everything')) resolve({ child, seconds: (readyAt - began) / 1000, output: lines.join('\n') });
    };
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', onLine);
    child.once('exit', (code) => reject(new Error(`npm start ended with status ${code}:\n${lines.slice(-20).join('\n')}`)));
  });
}

/** Ctrl-C: the terminal sends SIGINT to the whole foreground group. */
async function ctrlC({ child }: Started): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGINT');
  await ended;
}

/** Processes that were started from the copy and still live. */
function processesOf(copy: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(copy);
    } catch {
      return false;
    }
  });
}

function curl(output: string, more = ''): Record<string, any> {
  const line = output.split('\n').map((entry) => entry.trim()).find((entry) => entry.startsWith('curl '));
  if (line === undefined) throw new Error('npm start printed no curl line.');
  return JSON.parse(execFileSync('bash', ['-c', line.replace(/'(http[^']+)'/, `'$1${more}'`)]).toString()) as Record<string, any>;
}

async function run(): Promise<Outcome> {
  const copy = freshCopy();
  // The README's 8080 may be somebody else's here.
  const port = await freePort();
  try {
    note(`a fresh copy; npm packages installed; npm start -- --port ${port}`);
    const cold = await start(copy, port);
    const answer = curl(cold.output);
    const items = answer.items as { id: string; fields?: { title?: string; price?: number } }[];
    const titledAndPriced = items.filter(({ fields }) => typeof fields?.title === 'string' && typeof fields.price === 'number').length;
    note(`first answer: ${items.length} items, ranker ${answer.models.ranker}, degraded ${JSON.stringify(answer.degraded)}`);
    for (const { id, fields } of items) note(`    ${id}  ${fields?.title}  ${fields?.price}`);
    await ctrlC(cold);
    let leftovers = processesOf(copy).length;
    note(`after Ctrl-C: ${leftovers} processes left`);

    const warm = await start(copy, port);
    const again = curl(warm.output);
    note(`second start: ${again.items.length} items, ranker ${again.models.ranker}`);
    await ctrlC(warm);
    leftovers += processesOf(copy).length;
    return {
      figures: {
        readySeconds: Math.round(cold.seconds * 10) / 10, warmSeconds: Math.round(warm.seconds * 10) / 10, leftovers,
        items: titledAndPriced, degraded: answer.degraded.length, ranked: Number(typeof answer.models.ranker === 'string'),
        keptModels: Number(again.models.ranker === answer.models.ranker),
      },
      targets: { readySeconds: { atMost: 60 }, leftovers: { equals: 0 }, items: { equals: 10 }, degraded: { equals: 0 }, ranked: { equals: 1 }, keptModels: { equals: 1 } },
    };
  } finally {
    for (const pid of processesOf(copy)) process.kill(Number(pid), 'SIGKILL');
    rmSync(copy, { recursive: true, force: true });
  }
}

await show({
  name: 'prove start',
  help: 'Copies the repository, runs `npm start` as the README says, asks for recommendations with the printed line, stops it with Ctrl-C,\nlooks for what stayed behind, and starts it again. Times begin with npm packages installed.',
  run: () => run(),
});
