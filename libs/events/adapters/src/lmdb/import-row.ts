import type { ImportState } from '@serendip/events-domain';

export const importKey = (tenant: string, importId: string): Buffer => Buffer.from(`${tenant}\0${importId}`);

export const encodeImport = (state: ImportState): Buffer => Buffer.from(JSON.stringify(state));

export const decodeImport = (bytes: Uint8Array): ImportState => JSON.parse(Buffer.from(bytes).toString()) as ImportState;
