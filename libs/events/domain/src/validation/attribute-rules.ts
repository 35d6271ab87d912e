import type { AttributeFields, Attributes } from '../model/event-fields.js';
import { EVENT_LIMITS } from './limits.js';

/** What is wrong with attributes: a value that is none, or more than there may be. */
export interface AttributeProblem {
  readonly kind: 'invalid' | 'too-large';
  readonly detail: string;
}

const { attributeNameCharacters, attributeCharacters, attributeEntries, attributeEntryCharacters } = EVENT_LIMITS;
const invalid = (detail: string): AttributeProblem => ({ kind: 'invalid', detail });
const tooLarge = (detail: string): AttributeProblem => ({ kind: 'too-large', detail });

/** The first problem of attributes; `field` is what they are called in it. */
export function attributeProblem(field: string, attributes: Attributes, most: number): AttributeProblem | undefined {
  const names = Object.keys(attributes);
  if (names.length > most) return tooLarge(`${field} has ${names.length} entries, at most ${most} are allowed.`);
  for (const name of names) {
    if (name === '') return invalid(`${field} has an entry without a name.`);
    if (name.length > attributeNameCharacters) return tooLarge(`${field} has a name of ${name.length} characters, at most ${attributeNameCharacters} are allowed.`);
    const problem = valueProblem(`${field}.${name}`, attributes[name]!);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem(field: string, { value }: AttributeFields): AttributeProblem | undefined {
  switch (value.case) {
    case 'flag': return undefined;
    case 'number': return Number.isFinite(value.value) ? undefined : invalid(`${field} is not a finite number.`);
    case 'text': return textProblem(field, value.value, attributeCharacters);
    case 'texts': return listProblem(field, value.value.values, (text) => textProblem(field, text, attributeEntryCharacters));
    case 'numbers': return listProblem(field, value.value.values, (number) => (Number.isFinite(number) ? undefined : invalid(`${field} has an entry that is not a finite number.`)));
    default: return invalid(`${field} has no value.`);
  }
}

function textProblem(field: string, text: string, most: number): AttributeProblem | undefined {
  return text.length > most ? tooLarge(`${field} has a text of ${text.length} characters, at most ${most} are allowed.`) : undefined;
}

function listProblem<T>(field: string, values: readonly T[], problemOf: (value: T) => AttributeProblem | undefined): AttributeProblem | undefined {
  if (values.length > attributeEntries) return tooLarge(`${field} has ${values.length} entries, at most ${attributeEntries} are allowed.`);
  for (const value of values) {
    const problem = problemOf(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
