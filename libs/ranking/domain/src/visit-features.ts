import type { VisitFields } from './visit.js';

const PREFIX = 'context.';

/**
 * A feature that a ranker names by what tenants send: `context.<name>` is a number or a flag (1 or 0) of the context,
 * `context.<name>=<text>` is 1 where a text, or one of several, is that one. Names are device, locale, country and attributes'.
 */
export interface VisitFeature {
  readonly name: string;
  /** Undefined for a number. */
  readonly text?: string;
}

/** The feature of a name; undefined for one that is none of these. */
export function visitFeatureOf(name: string): VisitFeature | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const rest = name.slice(PREFIX.length);
  const at = rest.indexOf('=');
  if (at === 0 || rest === '') return undefined;
  return at < 0 ? { name: rest } : { name: rest.slice(0, at), text: rest.slice(at + 1) };
}

export const visitFeatureName = ({ name, text }: VisitFeature): string => (text === undefined ? PREFIX + name : `${PREFIX}${name}=${text}`);

/** What a context says for a feature; 0 where it says nothing. */
export function visitFeatureValue({ name, text }: VisitFeature, visit: VisitFields | undefined): number {
  if (visit === undefined) return 0;
  if (text === undefined) return numberOf(visit.attributes[name]?.value);
  return textsOf(visit, name).includes(text) ? 1 : 0;
}

/** Whether a context says anything under a feature's name. */
export function visitHas({ name, text }: VisitFeature, visit: VisitFields): boolean {
  return text === undefined || !isField(name) ? Object.hasOwn(visit.attributes, name) : visit[name] !== '';
}

/** Every feature that a context has something for. */
export function visitFeaturesIn(visit: VisitFields): VisitFeature[] {
  const names = ['device', 'locale', 'country', ...Object.keys(visit.attributes)];
  return [...new Set(names)].flatMap((name): VisitFeature[] => {
    const kind = visit.attributes[name]?.value.case;
    return [
      ...(kind === 'number' || kind === 'flag' ? [{ name }] : []),
      ...textsOf(visit, name).filter((text) => text !== '').map((text) => ({ name, text })),
    ];
  });
}

const isField = (name: string): name is 'device' | 'locale' | 'country' => name === 'device' || name === 'locale' || name === 'country';

function numberOf(value: { readonly case?: string | undefined; readonly value?: unknown } | undefined): number {
  if (value?.case === 'number') return value.value as number;
  return value?.case === 'flag' && value.value === true ? 1 : 0;
}

function textsOf(visit: VisitFields, name: string): readonly string[] {
  if (isField(name)) return [visit[name]];
  const value = visit.attributes[name]?.value;
  if (value?.case === 'text') return [value.value as string];
  return value?.case === 'texts' ? (value.value as { readonly values: readonly string[] }).values : [];
}
