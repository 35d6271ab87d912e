import { Documents } from '../documents.js';

/** A change of an item or a profile as a plain object. */
export interface JsonChange {
  readonly id: string;
  readonly kind: 'put' | 'patch' | 'delete';
  readonly fields?: Readonly<Record<string, unknown>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const encode = (fields: unknown): Uint8Array => encoder.encode(JSON.stringify(fields));
const decode = (document: Uint8Array | undefined): object => (document === undefined || document.length === 0 ? {} : (JSON.parse(decoder.decode(document)) as object));

/** Documents that are JSON objects, where no messages may be. */
export class JsonDocuments extends Documents {
  itemIdOf(change: unknown): string | undefined {
    return (change as JsonChange).id || undefined;
  }

  changeItem(current: Uint8Array | undefined, change: unknown): { readonly id: string; readonly document: Uint8Array; readonly deleted: boolean } {
    const { id, kind, fields = {} } = change as JsonChange;
    if (kind === 'delete') return { id, document: encode({}), deleted: true };
    return { id, document: encode(kind === 'put' ? fields : { ...decode(current), ...fields }), deleted: false };
  }

  changeProfile(current: Uint8Array, change: unknown): Uint8Array {
    const { kind, fields = {} } = change as JsonChange;
    if (kind === 'delete') return new Uint8Array(0);
    return encode(kind === 'put' ? fields : { ...decode(current), ...fields });
  }
}
