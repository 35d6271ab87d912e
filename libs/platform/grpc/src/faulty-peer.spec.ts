import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { training } from '@serendip/shared-contracts';
import type { DomainError } from '@serendip/shared-errors';
import { createGrpcClient } from './grpc-client.js';
import type { TrainerClient } from './grpc.fixture.js';

/** A peer in a process of its own, so that it can be stopped and killed for real. */
const program = `
  const { Server, ServerCredentials } = require('@grpc/grpc-js');
  const asIs = (bytes) => bytes;
  const server = new Server();
  server.register('/grpc.health.v1.Health/Check', (call, respond) => respond(null, Buffer.from([8, 1])), asIs, asIs, 'unary');
  server.register('/serendip.training.v1.TrainerService/StartTraining', (call, respond) => respond(null, Buffer.alloc(0)), asIs, asIs, 'unary');
  server.bindAsync('127.0.0.1:' + process.argv[1], ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
`;

const processes: ChildProcess[] = [];
const clients: TrainerClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const peer of processes.splice(0)) await kill(peer);
});

async function startPeer(port = 0): Promise<{ peer: ChildProcess; port: number }> {
  const peer = spawn(process.execPath, ['-e', program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(peer);
  const [line] = (await once(peer.stdout!, 'data')) as [Buffer];
  return { peer, port: Number(line.toString()) };
}

async function kill(peer: ChildProcess): Promise<void> {
  if (peer.exitCode !== null || peer.signalCode !== null) return;
  const exit = once(peer, 'exit');
  peer.kill('SIGKILL');
  await exit;
}

/** A peer without an exchange is called as usual by a client that would like one. */
function connect(port: number, exchange = false): TrainerClient {
  const client = createGrpcClient(training.TrainerService, { target: `127.0.0.1:${port}`, timeoutMs: 100, exchange });
  clients.push(client);
  return client;
}

const reasonOf = (call: Promise<unknown>): Promise<string> => call.then(() => 'OK', (error: DomainError) => error.reason);

/** Calls until a call ends like that; answers how many it took. */
async function until(client: TrainerClient, reason: string, most = 400): Promise<number> {
  for (let calls = 1; calls <= most; calls++) {
    if ((await reasonOf(client.startTraining({}))) === reason) return calls;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`No call ended with ${reason}.`);
}

describe.each([false, true])('a client (exchange wanted: %s)', (exchange) => {
  it('stops asking a peer that has stopped, and goes on when it does', async () => {
    const { peer, port } = await startPeer();
    const client = connect(port, exchange);
    await until(client, 'OK');
    peer.kill('SIGSTOP');
    expect(await until(client, 'CIRCUIT_OPEN')).toBe(6);
    for (let i = 0; i < 20; i++) expect(await reasonOf(client.startTraining({}))).toBe('CIRCUIT_OPEN');
    peer.kill('SIGCONT');
    await until(client, 'OK');
  });

  it('finds a peer that was killed and started again', async () => {
    const { peer, port } = await startPeer();
    const client = connect(port, exchange);
    await until(client, 'OK');
    await kill(peer);
    await until(client, 'CIRCUIT_OPEN');
    await startPeer(port);
    expect(await until(client, 'OK')).toBeLessThan(200);
  });

  it('counts a caller that gives up as a call without an answer', async () => {
    const { peer, port } = await startPeer();
    const client = connect(port, exchange);
    await until(client, 'OK');
    peer.kill('SIGSTOP');
    for (let i = 0; i < 5; i++) expect(await reasonOf(client.startTraining({}, { signal: AbortSignal.timeout(40), timeoutMs: 5_000 }))).toBe('CANCELLED');
    expect(await reasonOf(client.startTraining({}))).toBe('CIRCUIT_OPEN');
  });

  it('lets a call with time to spare hear whether the peer lives before it is refused', async () => {
    const { peer, port } = await startPeer();
    const client = connect(port, exchange);
    await until(client, 'OK');
    peer.kill('SIGSTOP');
    await until(client, 'CIRCUIT_OPEN');
    expect(await reasonOf(client.startTraining({}, { timeoutMs: 5_000 }))).toBe('CIRCUIT_OPEN');
    peer.kill('SIGCONT');
    expect(await reasonOf(client.startTraining({}, { timeoutMs: 5_000 }))).toBe('OK');
  });

  it('waits for a peer that is not there yet', async () => {
    const { peer, port } = await startPeer();
    await kill(peer);
    const client = connect(port, exchange);
    expect(await reasonOf(client.startTraining({}))).toBe('PEER_UNAVAILABLE');
    await startPeer(port);
    await until(client, 'OK');
  });

  it('sends nothing when there is no time or no wish left', async () => {
    const client = connect(1, exchange);
    expect(await reasonOf(client.startTraining({}, { deadlineMs: Date.now() - 1 }))).toBe('DEADLINE_EXCEEDED');
    expect(await reasonOf(client.startTraining({}, { signal: AbortSignal.abort() }))).toBe('CANCELLED');
  });
});
