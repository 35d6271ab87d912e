import { attributeMessages } from '@serendip/serving-adapters';
import { events } from '@serendip/shared-contracts';
import { bytesOf } from '@serendip/shared-layouts';
import { epochMs, type EventMessage } from '../events/event.mapper.js';
import type { ItemInput } from './item-schema.js';

export type Change = 'PUT' | 'PATCH' | 'DELETE';

const kinds = { PUT: events.ChangeKind.PUT, PATCH: events.ChangeKind.PATCH, DELETE: events.ChangeKind.DELETE } as const;

/** Names of the fields a patch replaces; attributes one by one, so that the others stay. */
function patchedFields({ attributes, id: _, ...fields }: ItemInput): string[] {
  const names = Object.keys(fields).map((name) => ({ publishedAt: 'publishedAtMs', expiresAt: 'expiresAtMs' })[name] ?? name);
  return [...names, ...Object.keys(attributes ?? {}).map((name) => `attributes.${name}`)];
}

/** A catalogue change as the event it is in the log. */
export function itemEvent(itemId: string, input: ItemInput, { tenant, change }: { readonly tenant: string; readonly change: Change }): EventMessage {
  return {
    tenant,
    type: '$item',
    items: [{ itemId }],
    payload: {
      case: 'itemChange',
      value: {
        kind: kinds[change],
        fields: change === 'PATCH' ? patchedFields(input) : [],
        item: {
          id: itemId,
          title: input.title ?? '',
          description: input.description ?? '',
          categories: input.categories ?? [],
          tags: input.tags ?? [],
          attributes: attributeMessages(input.attributes ?? {}),
          ...(input.price === undefined ? {} : { price: input.price }),
          ...(input.available === undefined ? {} : { available: input.available }),
          ...(input.publishedAt === undefined ? {} : { publishedAtMs: epochMs(input.publishedAt) }),
          ...(input.expiresAt === undefined ? {} : { expiresAtMs: epochMs(input.expiresAt) }),
          ...(input.vector === undefined ? {} : { vector: bytesOf(Float32Array.from(input.vector)) }),
        },
      },
    },
  };
}

/** That an anonymous visitor is a user, as the event it is in the log. */
export function identifyEvent(userId: string, anonymousId: string, tenant: string): EventMessage {
  return { tenant, type: '$identify', anonymousId, payload: { case: 'identify', value: { userId } } };
}

/** A profile change as the event it is in the log. */
export function userEvent(
  userId: string, attributes: Parameters<typeof attributeMessages>[0], { tenant, change }: { readonly tenant: string; readonly change: Change },
): EventMessage {
  return {
    tenant,
    type: '$user',
    userId,
    payload: {
      case: 'userChange',
      value: { kind: kinds[change], fields: change === 'PATCH' ? Object.keys(attributes) : [], user: { id: userId, attributes: attributeMessages(attributes) } },
    },
  };
}
