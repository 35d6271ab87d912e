/** Clients of the Open Inference Protocol over HTTP that cost as little as they can, because they share the service's cores: each writes the same bytes again as soon as it has its answer. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { bytesOf } from '@serendip/shared-layouts';
import { REFERENCE_FEATURES } from '../reference/models.ts';
import { rowsOf } from './bare-process.ts';

export interface Load {
  readonly answers: number;
  readonly latenciesMs: readonly number[];
}

const END_OF_HEAD = '\r\n\r\n';

/** So many clients for so long; each waits for its answer. Throws for an answer that is not 200. */
export async function inferenceLoad({ port, model, rows, clients, ms }: { readonly port: number; readonly model: string; readonly rows: number; readonly clients: number; readonly ms: number }): Promise<Load> {
  const latenciesMs: number[] = [];
  const end = performance.now() + ms;
  await Promise.all(Array.from({ length: clients }, async (_, n) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const request = requestOf(model, rows, n);
    while (performance.now() < end) {
      const asked = performance.now();
      socket.write(request);
      await answered(socket);
      latenciesMs.push(performance.now() - asked);
    }
    socket.destroy();
  }));
  return { answers: latenciesMs.length, latenciesMs };
}

function requestOf(model: string, rows: number, n: number): Buffer {
  const values = bytesOf(rowsOf(n, rows));
  const json = JSON.stringify({
    parameters: { binary_data_output: true }, inputs: [{ name: 'features', datatype: 'FP32', shape: [rows, REFERENCE_FEATURES.length], parameters: { binary_data_size: values.length } }],
  });
  const head = [`POST /v2/models/${model}/infer HTTP/1.1`, 'Host: ranking', `Inference-Header-Content-Length: ${json.length}`, `Content-Length: ${json.length + values.length}`];
  return Buffer.concat([Buffer.from(head.join('\r\n') + END_OF_HEAD + json), values]);
}

/** Resolves once the whole answer is there. */
function answered(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = -1;
    const settle = (error?: Error): void => {
      socket.off('data', take).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const closed = (): void => settle(new Error('The service closed the connection.'));
    const take = (chunk: Buffer): void => {
      if (left < 0) {
        const at = chunk.indexOf(END_OF_HEAD);
        const head = chunk.toString('latin1', 0, at);
        if (!head.startsWith('HTTP/1.1 200')) return settle(new Error(`An inference was answered ${chunk.toString('latin1', 0, 300)}`));
        left = Number(/content-length: (\d+)/i.exec(head.replace(/inference-header-content-length: \d+/i, ''))![1]) - (chunk.length - at - END_OF_HEAD.length);
      } else left -= chunk.length;
      if (left === 0) settle();
    };
    socket.on('data', take).once('close', closed);
  });
}
