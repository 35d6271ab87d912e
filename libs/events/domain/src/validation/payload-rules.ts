import type { EventFields, ItemChangeFields, ItemFields, ServedFields, UserChangeFields } from '../model/event-fields.js';
import { attributeProblem } from './attribute-rules.js';
import { fault, type EventFault } from './event-fault.js';
import { EVENT_LIMITS } from './limits.js';
import { areFiniteFloats, isAmount, isId, isTime } from './values.js';

const PATCH = 2;
const itemFieldNames = new Set(['title', 'description', 'categories', 'tags', 'attributes', 'price', 'available', 'publishedAt', 'publishedAtMs', 'expiresAt', 'expiresAtMs', 'vector']);
const attributePrefix = 'attributes.';

/** The fault of the payload of an internal event. */
export function payloadFault(event: EventFields): EventFault | undefined {
  switch (event.payload.case) {
    case 'itemChange': return wrap('ITEM_INVALID', itemChangeProblem(event.payload.value));
    case 'userChange': return wrap('USER_INVALID', userChangeProblem(event.payload.value, event.userId));
    case 'served': return wrap('SERVED_INVALID', servedProblem(event.payload.value));
    case 'identify': return isId(event.payload.value.userId) ? undefined : fault('USER_ID_INVALID', `userId must have 1 to ${EVENT_LIMITS.idCharacters} characters.`);
    case 'erase': return event.payload.value.anonymousIds.every(isId) ? undefined : fault('USER_ID_INVALID', `Each anonymous id must have 1 to ${EVENT_LIMITS.idCharacters} characters.`);
    default: return undefined;
  }
}

function wrap(reason: EventFault['reason'], problem: string | undefined): EventFault | undefined {
  return problem === undefined ? undefined : fault(reason, problem);
}

function itemChangeProblem({ kind, item, fields }: ItemChangeFields): string | undefined {
  if (!isChangeKind(kind)) return 'item_change.kind must be put, patch or delete.';
  if (item === undefined || !isId(item.id)) return `The item's id must have 1 to ${EVENT_LIMITS.idCharacters} characters.`;
  if (kind === PATCH) {
    const unknown = fields.find((field) => !itemFieldNames.has(field) && !(field.startsWith(attributePrefix) && field.length > attributePrefix.length));
    if (fields.length === 0) return 'A patch must name the fields it replaces.';
    if (unknown !== undefined) return `An item has no field ${JSON.stringify(unknown.slice(0, 80))}.`;
  }
  return itemProblem(item);
}

function itemProblem(item: ItemFields): string | undefined {
  const { titleCharacters, descriptionCharacters, categories, tags, vectorBytes, attributes } = EVENT_LIMITS;
  if (item.title.length > titleCharacters) return `title has ${item.title.length} characters, at most ${titleCharacters} are allowed.`;
  if (item.description.length > descriptionCharacters) return `description has ${item.description.length} characters, at most ${descriptionCharacters} are allowed.`;
  if (item.price !== undefined && !isAmount(item.price)) return 'price must be a finite number of at least 0.';
  if (item.publishedAtMs !== undefined && !isTime(item.publishedAtMs)) return 'publishedAt is not a time.';
  if (item.expiresAtMs !== undefined && !isTime(item.expiresAtMs)) return 'expiresAt is not a time.';
  if (item.vector.length > vectorBytes) return `vector has more than ${vectorBytes / 4} numbers.`;
  if (!areFiniteFloats(item.vector)) return 'vector must hold finite 32-bit numbers.';
  return labelProblem('categories', item.categories, categories)
    ?? labelProblem('tags', item.tags, tags)
    ?? attributeProblem('attributes', item.attributes, attributes)?.detail;
}

function labelProblem(field: string, labels: readonly string[], most: number): string | undefined {
  if (labels.length > most) return `${field} has ${labels.length} entries, at most ${most} are allowed.`;
  const bad = labels.find((label) => label === '' || label.length > EVENT_LIMITS.tagCharacters);
  return bad === undefined ? undefined : `${field} has an entry of ${bad.length} characters, 1 to ${EVENT_LIMITS.tagCharacters} are allowed.`;
}

function userChangeProblem({ kind, user, fields }: UserChangeFields, userId: string): string | undefined {
  if (!isChangeKind(kind)) return 'user_change.kind must be put, patch or delete.';
  if (user !== undefined && user.id !== '' && user.id !== userId) return 'The profile and the event name different users.';
  if (kind === PATCH && fields.length === 0) return 'A patch must name the attributes it replaces.';
  return user === undefined ? undefined : attributeProblem('attributes', user.attributes, EVENT_LIMITS.attributes)?.detail;
}

function servedProblem({ recommendationId, items, arms, featureNames, features, featureOrdinals }: ServedFields): string | undefined {
  if (!isId(recommendationId)) return `recommendation_id must have 1 to ${EVENT_LIMITS.idCharacters} characters.`;
  if (items.length > EVENT_LIMITS.servedItems) return `The slate has ${items.length} items, at most ${EVENT_LIMITS.servedItems} are allowed.`;
  if (items.some(({ itemId }) => !isId(itemId))) return `Each item_id must have 1 to ${EVENT_LIMITS.idCharacters} characters.`;
  if (arms.length > EVENT_LIMITS.servedArms || featureNames.length > EVENT_LIMITS.featureNames) return 'There are too many arms or feature names.';
  if (featureOrdinals.length % 4 !== 0 || features.length !== featureNames.length * featureOrdinals.length) {
    return 'features must hold one float32 for each feature name in each row of feature_ordinals.';
  }
  return undefined;
}

const isChangeKind = (kind: number): boolean => kind >= 1 && kind <= 3;
