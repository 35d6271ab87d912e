import { writeSync } from 'node:fs';
import { openEventLog } from '../open-event-log.js';

/**
 * A process that writes a log until it is killed, and tells what was acknowledged, one line each: `ack <partition> <position>
 * <text>`, `import <batch> <status>`. Arguments: URL, name, and `append` or `import <batches>`.
 */
const [url, name, what, batches] = process.argv.slice(2) as [string, string, string, string];
const log = await openEventLog(url, { mode: 'writer', minIntervalMs: 0 });
const tell = (line: string): void => {
  writeSync(1, `${line}\n`);
};
tell('ready');

async function appendForever(lane: number): Promise<never> {
  for (let i = 0; ; i++) {
    const records = Array.from({ length: 1 + (i % 5) }, (_, j) => ({ partition: (lane + j) % 3, bytes: Buffer.from(`${name}.${lane}.${i}.${j}`.padEnd(100)) }));
    const positions = await log.append(records);
    tell(records.map(({ partition, bytes }, j) => `ack ${partition} ${positions[j]} ${bytes.toString().trim()}`).join('\n'));
  }
}

async function importAll(): Promise<void> {
  const { id } = await log.imports.create('t', 'shared');
  for (let batch = 1; batch <= Number(batches);) {
    const records = Array.from({ length: 20 }, (_, i) => ({ partition: i % 3, bytes: Buffer.from(`${batch}.${i}`) }));
    const { status } = await log.imports.append({ tenant: 't', importId: id, batch, records, accepted: 20, rejected: 0 });
    tell(`import ${batch} ${status}`);
    if (status !== 'ahead') batch++;
  }
  await log.close();
}

if (what === 'import') await importAll();
else await Promise.all(Array.from({ length: 8 }, (_, lane) => appendForever(lane)));
