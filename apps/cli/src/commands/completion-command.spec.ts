import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { bashScript, zshScript } from '../completion/bash.js';
import { levels } from '../completion/command-tree.js';
import { fishScript } from '../completion/fish.js';
import { serendip } from '../program.js';
import { valuesCommand } from './completion-command.js';

const tree = levels(serendip());

/** What a real bash offers for a line, asking a `serendip` that knows these values. */
function offered(line: string): readonly string[] {
  const known = `serendip() { case "$1 $2" in '__values versions') printf '%s\\n' ranker@3 ranker@champion other@1;; '__values placements') echo home;; '__values models') echo ranker;; '__values datasets') echo ds_1;; esac; }`;
  const asking = 'COMP_LINE=$1; COMP_POINT=${#1}; _serendip; printf "%s\\n" "${COMPREPLY[@]}"';
  return execFileSync('bash', ['--norc', '-uc', `${known}\n${bashScript(tree)}\n${asking}`, 'bash', line]).toString().split('\n').filter((word) => word !== '');
}

describe('serendip completion bash', () => {
  it.each<[string, readonly string[]]>([
    ['serendip mo', ['model']],
    ['serendip model pro', ['promote']],
    ['serendip model promote ranker@3 --al', ['--alias']],
    ['serendip logs --follow --level w', ['warn']],
    ['serendip dataset export ds_1 --features ', ['served', 'replayed']],
    ['serendip completion ', ['bash', 'zsh', 'fish']],
    ['serendip model show r', ['ranker@3', 'ranker@champion']],
    ['serendip model rollback ', ['ranker']],
    ['serendip split h', ['home']],
    ['serendip explain u1 --placement ', ['home']],
    ['serendip dataset show ', ['ds_1']],
    ['serendip eval other@1 --against o', ['other@1']],
    ['serendip model push ./', []],
  ])('offers for %j what fits there', (line, words) => expect(offered(line)).toEqual(words));

  it('goes on behind what bash takes for the end of a word', () => {
    expect(offered('serendip model show ranker@c')).toEqual(['champion']);
    expect(offered('serendip model show ranker@')).toEqual(['3', 'champion']);
  });

  it('offers every command but hidden ones, and takes no name of a value for a command', () => {
    const words = offered('serendip ');
    for (const name of ['explain', 'import', 'model', 'logs', 'completion']) expect(words).toContain(name);
    expect(words).not.toContain('__values');
    expect(offered('serendip model show ranker@3 --url http://model --k')).toEqual(['--key']);
  });
});

describe('the scripts of other shells', () => {
  it.each([['zsh', zshScript(tree)], ['fish', fishScript(tree)]])('of %s are what it can read, where it is there', (shell, script) => {
    let there = true;
    try {
      execFileSync(shell, ['--version']);
    } catch {
      there = false;
    }
    expect(script).toContain('/model/promote');
    const folder = mkdtempSync(join(tmpdir(), 'completion-'));
    try {
      writeFileSync(join(folder, 'script'), script);
      if (there) execFileSync(shell, ['-n', join(folder, 'script')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('serendip __values', () => {
  async function values(what: string, answer: (path: string) => unknown): Promise<string> {
    const server = createServer((request, response) => {
      const body = answer(request.url!);
      if (body !== undefined) response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    let printed = '';
    const command = valuesCommand({ write: (text) => { printed += text; } });
    await new Command().addCommand(command).parseAsync(['__values', what, '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--key', 'sk_test'], { from: 'user' });
    server.closeAllConnections();
    server.close();
    return printed;
  }
  const version = (number: number, aliases: readonly string[]) => ({ name: 'ranker', version: number, kind: 'ranker', digest: '', createdAt: '', metrics: {}, checks: 'passed', aliases });

  it('says versions and aliases, models and placements, a line each', async () => {
    const models = { models: [version(2, []), version(1, ['champion'])] };
    expect(await values('versions', () => models)).toBe('ranker@2\nranker@1\nranker@champion\n');
    expect(await values('models', () => models)).toBe('ranker\n');
    expect(await values('placements', (path) => (path === '/v1/placements' ? { placements: [{ name: 'home' }, { name: 'similar' }] } : {}))).toBe('home\nsimilar\n');
    const dataSet = { id: 'ds_1', from: '', to: '', createdAt: '', rows: 1, commit: 1, versions: {} };
    expect(await values('datasets', (path) => (path === '/v1/datasets' ? { items: [dataSet, { ...dataSet, id: 'ds_2' }] } : {}))).toBe('ds_1\nds_2\n');
  });

  it('says nothing when the gateway does not answer at once, or with anything else', async () => {
    expect(await values('versions', () => undefined)).toBe('');
    expect(await values('versions', () => ({ detail: 'no' }))).toBe('');
  });
});
