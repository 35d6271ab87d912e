import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/** A Python with what `assets/item-encoder-project/requirements.txt` names. */
const python = process.env.SERENDIP_PYTHON ?? 'python3';
const project = fileURLToPath(new URL('../../../assets/item-encoder-project', import.meta.url));
const vectors = fileURLToPath(new URL('../../../../../libs/shared/catalogue/test-vectors.json', import.meta.url));

const PROGRAM = `
import json, sys
from inputs import inputs_of
vectors = json.load(open(sys.argv[1]))
rows = inputs_of([case['item'] for case in vectors['cases']], vectors['inputs'])
print(json.dumps([{str(column): float(row[column]) for column in row.nonzero()[0]} for row in rows]))
`;

describe('inputs.py of an item encoder\'s project', () => {
  it('makes of items what serving makes of them', () => {
    const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { readonly cases: readonly { readonly row: Readonly<Record<string, number>> }[] };
    const rows = execFileSync(python, ['-B', '-c', PROGRAM, vectors], { cwd: project, encoding: 'utf8' });
    expect(JSON.parse(rows)).toEqual(cases.map(({ row }) => row));
  });
});
