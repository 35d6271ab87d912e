import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { CancellableThread } from './cancellable-thread.js';

const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort, workerData } from 'node:worker_threads'; ${text}`)}`);

describe('a thread that can be cancelled', () => {
  it('has its task, and sees that it is to end', async () => {
    const thread = new CancellableThread(program('parentPort.postMessage(workerData.task); const timer = setInterval(() => { if (Atomics.load(workerData.cancelled, 0) === 1) clearInterval(timer); }, 5);'), { name: 'test', task: 'a task' });
    expect(await once(thread.worker, 'message')).toEqual(['a task']);
    await thread.cancel();
    expect(await thread.ended).toBe(0);
  });

  it('may be cancelled when it has ended by itself', async () => {
    const thread = new CancellableThread(program('process.exit(3);'), { name: 'test', task: undefined });
    expect(await thread.ended).toBe(3);
    await thread.cancel();
  });
});
