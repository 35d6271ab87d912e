/** Named texts that outlive the page where they can, and live as long as it where they cannot. */
export interface Store {
  get(name: string): string | undefined;
  set(name: string, text: string): void;
  delete(name: string): void;
  /** All names that begin so, ascending. */
  names(beginning: string): string[];
  clear(): void;
}

/** A store in the part of `storage` whose names begin with `prefix`. What does not fit there is kept in memory. */
export function openStore(storage: Storage | undefined, prefix: string): Store {
  const memory = new Map<string, string>();
  const names = (beginning: string): string[] => {
    const kept = Array.from({ length: storage?.length ?? 0 }, (_, i) => storage!.key(i) ?? '').filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return [...new Set([...kept, ...memory.keys()])].filter((name) => name.startsWith(beginning)).sort();
  };
  const remove = (name: string): void => {
    memory.delete(name);
    storage?.removeItem(prefix + name);
  };
  return {
    get: (name) => memory.get(name) ?? storage?.getItem(prefix + name) ?? undefined,
    set(name, text) {
      try {
        storage!.setItem(prefix + name, text);
        memory.delete(name);
      } catch {
        memory.set(name, text);
      }
    },
    delete: remove,
    names,
    clear: () => names('').forEach(remove),
  };
}
