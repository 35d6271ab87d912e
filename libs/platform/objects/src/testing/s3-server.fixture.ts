import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@serendip/platform-grpc/free-port';

const TRIES = 100;
const KEYS = { AWS_ACCESS_KEY_ID: 'serendip', AWS_SECRET_ACCESS_KEY: 'serendip-secret' };

/** An S3 server over a folder of its own: `rclone serve s3`, found on the path or at SERENDIP_RCLONE. */
export class S3Server {
  private constructor(private readonly child: ChildProcess, private readonly folder: string, private readonly port: number) {}

  static async start(): Promise<S3Server> {
    Object.assign(process.env, KEYS);
    const folder = mkdtempSync(join(tmpdir(), 's3-'));
    const port = await freePort();
    const child = spawn(process.env.SERENDIP_RCLONE ?? 'rclone', [
      'serve', 's3', '--config', '/dev/null', '--auth-key', `${KEYS.AWS_ACCESS_KEY_ID},${KEYS.AWS_SECRET_ACCESS_KEY}`, '--addr', `127.0.0.1:${port}`, '--dir-cache-time', '0s', folder,
    ], { stdio: 'ignore' });
    const failed = new Promise<never>((_, reject) => { child.once('error', reject); });
    const server = new S3Server(child, folder, port);
    for (let i = 0; i < TRIES; i++) {
      if (await Promise.race([answers(port), failed])) return server;
      await sleep(50);
    }
    await server.stop();
    throw new Error('rclone does not answer.');
  }

  /** Makes a bucket with small objects of these names, and answers its name. */
  async makeBucket(name: string, keys: readonly string[] = []): Promise<string> {
    mkdirSync(join(this.folder, name));
    for (const key of keys) writeFileSync(join(this.folder, name, key), 'x');
    return name;
  }

  url(bucket: string, prefix = ''): string {
    return `s3://${bucket}/${prefix}?region=us-east-1&endpoint=http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.kill()) await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const answers = (port: number): Promise<boolean> => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
