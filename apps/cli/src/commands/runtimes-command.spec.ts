import { describe, expect, it } from '@jest/globals';
import type { RuntimeStatus } from '@serendip/platform-runtimes';
import { Command } from 'commander';
import { runtimesCommand } from './runtimes-command.js';

const STATUSES: readonly RuntimeStatus[] = [
  { name: 'onnx-cpu', format: 'onnx', available: true, device: 'cpu', advice: 'comes with onnxruntime-node' },
  { name: 'onnx-cuda', format: 'onnx', available: false, reason: 'no library', advice: 'needs an NVIDIA card' },
];

async function run(...args: string[]): Promise<string> {
  let printed = '';
  const command = runtimesCommand({ write: (text) => { printed += text; } }, { quietly: async () => STATUSES, aloud: async () => STATUSES.slice(0, 1) });
  command.configureOutput({ writeOut: (text) => { printed += text; }, writeErr: (text) => { printed += text; } });
  await new Command().exitOverride().addCommand(command).parseAsync(['runtimes', ...args], { from: 'user' });
  return printed;
}

describe('serendip runtimes', () => {
  it('says what runs, why the rest does not, and how to get it', async () => {
    expect((await run()).trimEnd().split('\n')).toEqual(['✓ onnx-cpu     onnx        runs on cpu', '✗ onnx-cuda    onnx        no library', '    It needs an NVIDIA card.']);
  });

  it('lets drivers write their warnings only when it is asked to', async () => {
    expect(await run('--verbose')).toBe('✓ onnx-cpu     onnx        runs on cpu\n');
  });

  it('answers JSON', async () => {
    expect(JSON.parse(await run('--json')).runtimes).toEqual(STATUSES);
  });

  it('refuses what it does not know', async () => {
    await expect(run('--jsno')).rejects.toMatchObject({ code: 'commander.unknownOption' });
  });
});
