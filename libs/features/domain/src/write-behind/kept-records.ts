import type { UserKey } from '../state-reader.js';

/** What an entry takes besides its record, about. */
const ENTRY_BYTES = 256;

const nameOf = ({ tenant, entity }: UserKey): string => `${tenant}\0${entity}`;

/** Records of users that were asked for lately: the newest up to so many bytes, and as many before those. */
export class KeptRecords {
  private recent = new Map<string, Uint8Array>();
  private before = new Map<string, Uint8Array>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  get(key: UserKey): Uint8Array | undefined {
    const name = nameOf(key);
    const recent = this.recent.get(name);
    if (recent !== undefined) return recent;
    const record = this.before.get(name);
    if (record !== undefined) this.add(name, record);
    return record;
  }

  /** Keeps a record; one that is part of something larger is copied, so as not to keep all of that. */
  keep(key: UserKey, record: Uint8Array): void {
    this.add(nameOf(key), record.byteLength === record.buffer.byteLength ? record : record.slice());
  }

  /** Keeps the record instead of the one that is kept of this user, if one is; without a record, none. */
  replace(key: UserKey, record: Uint8Array | undefined): void {
    if (this.get(key) === undefined) return;
    if (record !== undefined) return this.keep(key, record);
    const name = nameOf(key);
    this.bytes -= sizeOf(this.recent.get(name));
    this.recent.delete(name);
    this.before.delete(name);
  }

  clear(): void {
    this.recent.clear();
    this.before.clear();
    this.bytes = 0;
  }

  private add(name: string, record: Uint8Array): void {
    this.bytes += sizeOf(record) - sizeOf(this.recent.get(name));
    this.recent.set(name, record);
    if (this.bytes <= this.mostBytes) return;
    this.before = this.recent;
    this.recent = new Map();
    this.bytes = 0;
  }
}

const sizeOf = (record: Uint8Array | undefined): number => (record === undefined ? 0 : record.byteLength + ENTRY_BYTES);
