import { describe, expect, it } from '@jest/globals';
import { create, events, fromBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { encodeProfile, profileAttribute } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { MessageDocuments } from './message-documents.js';

const { ChangeKind, ItemChangeSchema, ItemSchema, UserChangeSchema, UserProfileSchema } = events;
const documents = new MessageDocuments();
const text = (value: string) => ({ value: { case: 'text' as const, value } });

const changed = (current: Uint8Array | undefined, change: MessageInitShape<typeof ItemChangeSchema>) => documents.changeItem(current, create(ItemChangeSchema, change));
const itemOf = (current: Uint8Array | undefined, change: MessageInitShape<typeof ItemChangeSchema>) => fromBinary(ItemSchema, changed(current, change)!.document);

describe('documents of items', () => {
  const known = changed(undefined, { kind: ChangeKind.PUT, item: { id: 'a', title: 'One', tags: ['x'], price: 5, attributes: { brand: text('B'), color: text('red') } } })!.document;

  it('are replaced as a whole by a put', () => {
    expect(itemOf(known, { kind: ChangeKind.PUT, item: { id: 'a', title: 'Two' } })).toMatchObject({ id: 'a', title: 'Two', tags: [], attributes: {} });
  });

  it('keep what a patch does not name, and lose what it names without a value', () => {
    const patched = itemOf(known, { kind: ChangeKind.PATCH, item: { id: 'a', title: 'Two', attributes: { color: text('blue') } }, fields: ['title', 'price', 'attributes.color', 'attributes.brand'] });
    expect(patched).toMatchObject({ id: 'a', title: 'Two', tags: ['x'] });
    expect(patched.price).toBeUndefined();
    expect(Object.keys(patched.attributes)).toEqual(['color']);
  });

  it('do not change their id, nor for a name that is no field', () => {
    expect(itemOf(known, { kind: ChangeKind.PATCH, item: { id: 'a', title: 'Two' }, fields: ['id', 'nonsense', '__proto__', 'attributes.'] })).toMatchObject({ id: 'a', title: 'One' });
  });

  it('are made by a patch of an item that is not known', () => {
    expect(itemOf(undefined, { kind: ChangeKind.PATCH, item: { id: 'n', title: 'New' }, fields: ['title'] })).toMatchObject({ id: 'n', title: 'New' });
  });

  it('keep nothing but their id when deleted', () => {
    expect(changed(known, { kind: ChangeKind.DELETE, item: { id: 'a' } })).toMatchObject({ id: 'a', deleted: true });
    expect(itemOf(known, { kind: ChangeKind.DELETE, item: { id: 'a' } })).toMatchObject({ id: 'a', title: '', attributes: {} });
  });

  it('do not change for a change that says nothing', () => {
    expect(changed(known, { item: { id: 'a' } })).toBeUndefined();
    expect(changed(known, { kind: ChangeKind.PUT })).toBeUndefined();
    expect(documents.itemIdOf(create(ItemChangeSchema, { kind: ChangeKind.PUT }))).toBeUndefined();
  });
});

describe('documents of profiles', () => {
  const change = (current: Uint8Array, init: MessageInitShape<typeof UserChangeSchema>) => documents.changeProfile(current, create(UserChangeSchema, init));
  const known = change(new Uint8Array(0), { kind: ChangeKind.PUT, user: { id: 'u', attributes: { city: text('Oslo'), age: text('30') } } });

  it('are patched by the name of an attribute', () => {
    const { attributes } = fromBinary(UserProfileSchema, change(known, { kind: ChangeKind.PATCH, user: { id: 'u', attributes: { city: text('Bergen') } }, fields: ['city', 'age'] }));
    expect(attributes).toMatchObject({ city: text('Bergen') });
    expect(attributes['age']).toBeUndefined();
  });

  it('are empty once deleted', () => {
    expect(change(known, { kind: ChangeKind.DELETE, user: { id: 'u' } })).toHaveLength(0);
  });

  it('do not change for a change that says nothing', () => {
    expect(change(known, { user: { id: 'u' } })).toBe(known);
  });

  const attribute = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((value) => ({ value: { case: 'text' as const, value } })), fc.double().map((value) => ({ value: { case: 'number' as const, value } })),
    fc.boolean().map((value) => ({ value: { case: 'flag' as const, value } })), fc.array(fc.string()).map((values) => ({ value: { case: 'texts' as const, value: { values } } })),
    fc.array(fc.double()).map((values) => ({ value: { case: 'numbers' as const, value: { values } } })), fc.constant({}),
  );
  const attributes = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => name !== '__proto__'), attribute);
  const said = ({ value }: events.AttributeValue) => (value.case === 'texts' ? value.value.values : value.case === 'numbers' ? undefined : value.value);

  it('say in a user state what the message says', () => {
    fc.assert(fc.property(fc.string(), attributes, (id, written) => {
      const profile = change(new Uint8Array(0), { kind: ChangeKind.PUT, user: { id, attributes: written } });
      for (const [name, value] of Object.entries(fromBinary(UserProfileSchema, profile).attributes)) expect([name, profileAttribute(profile, name)]).toEqual([name, said(value)]);
    }));
  });

  it('are what a state that is made up for a measurement has', () => {
    const { attributes: read } = fromBinary(UserProfileSchema, encodeProfile({ city: 'Oslo', age: 30, member: false, likes: ['a', ''] }));
    expect(Object.fromEntries(Object.entries(read).map(([name, value]) => [name, said(value)]))).toEqual({ city: 'Oslo', age: 30, member: false, likes: ['a', ''] });
  });
});
