import { setTimeout as sleep } from 'node:timers/promises';
import { ParquetFile } from '@serendip/platform-parquet';
import type { Api } from '../cache/api.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A data set of a period. */
export interface ProvenDataSet {
  readonly id: string;
  readonly rows: number;
  /** Its examples with features as served or as replayed, as a data scientist gets them. */
  examples(features: 'served' | 'replayed'): Promise<readonly Row[]>;
}

export async function examplesOf(api: Api, period: { readonly from: string; readonly to: string }): Promise<ProvenDataSet> {
  for (;;) {
    const { status, json } = await api.send('POST', '/v1/datasets', { body: period });
    if (status >= 300) throw new Error(`There is no data set: ${JSON.stringify(json)}`);
    if (status === 200) return { id: json.id, rows: json.rows, examples: (features) => exported(api, json.id, features) };
    await sleep(500);
  }
}

async function exported(api: Api, id: string, features: string): Promise<readonly Row[]> {
  let { json } = await api.send('POST', `/v1/datasets/${id}/exports`, { body: { features } });
  while (json.state === 'running') {
    await sleep(500);
    ({ json } = await api.send('GET', `/v1/datasets/${id}/exports/${json.id}`));
  }
  if (json.state !== 'succeeded') throw new Error(`The export failed: ${JSON.stringify(json)}`);
  const rows: Row[] = [];
  for (const { path } of (json.files as { path: string }[]).filter(({ path: name }) => name.startsWith('examples/'))) {
    rows.push(...await (await ParquetFile.open(await api.bytes(`/v1/datasets/${id}/exports/${json.id}/file?path=${encodeURIComponent(path)}`))).rows());
  }
  return rows;
}
