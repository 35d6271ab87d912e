import { nameOf, type Fault, type Manifest } from './manifest.ts';

interface SchemaError { readonly instancePath: string; readonly message?: string }
type Validate = (this: unknown) => void;

const dotted = (pointer: string): string =>
  pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The model's validator of this object's kind, or undefined where `kubernetes-models` knows no such kind. */
async function validatorOf({ apiVersion, kind }: Manifest): Promise<Validate | undefined> {
  try {
    const models = await import(`kubernetes-models/${apiVersion}/${kind}`) as Record<string, { prototype: { validate: Validate } }>;
    return models[kind]?.prototype.validate;
  } catch {
    return undefined;
  }
}

/** A view of `root` that looks the same and notes which fields of each of its objects were read. */
function watched(root: object): { readonly view: object; readonly reads: ReadonlyMap<object, ReadonlySet<string>> } {
  const reads = new Map<object, Set<string>>();
  const views = new Map<object, object>();
  const wrap = (value: unknown): unknown => {
    if (!isNode(value)) return value;
    const known = views.get(value);
    if (known) return known;
    const seen = new Set<string>();
    const view = new Proxy(value, {
      get(target, field) {
        if (typeof field === 'string') seen.add(field);
        return wrap(Reflect.get(target, field));
      },
    });
    views.set(value, view);
    reads.set(value, seen);
    return view;
  };
  return { view: wrap(root) as object, reads };
}

/** Paths of fields that the validator never looked at; an object it read nothing of is free-form. */
function unreadFields(value: unknown, reads: ReadonlyMap<object, ReadonlySet<string>>, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => unreadFields(entry, reads, `${path}/${index}`));
  if (!isNode(value)) return [];
  const seen = reads.get(value);
  if (!seen || seen.size === 0) return [];
  return Object.entries(value).flatMap(([field, child]) => {
    const here = `${path}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return seen.has(field) ? unreadFields(child, reads, here) : [here];
  });
}

/**
 * Faults of one object against Kubernetes' own schemas, unknown fields included. The compiled validators let unknown
 * fields pass, but read every field they know: what they did not read is not in the schema.
 */
export async function schemaFaults(manifest: Manifest): Promise<readonly Fault[]> {
  const object = nameOf(manifest);
  const validate = await validatorOf(manifest);
  if (!validate) return [{ object, path: 'kind', reason: `no schema for ${manifest.apiVersion} ${manifest.kind}` }];
  const { view, reads } = watched(manifest);
  const faults: Fault[] = [];
  try {
    validate.call(view);
  } catch (error) {
    const { errors } = error as { errors?: readonly SchemaError[] };
    if (!errors) throw error;
    for (const { instancePath, message } of errors) faults.push({ object, path: dotted(instancePath), reason: message ?? 'invalid' });
  }
  for (const path of unreadFields(manifest, reads, '')) faults.push({ object, path: dotted(path), reason: 'unknown field' });
  return faults;
}
