import { describe, expect, it } from '@jest/globals';
import { createCatalogue } from './catalogue.js';
import { grammars } from './titles.js';
import { taxonomy } from './taxonomy.js';
import { materialsByNoun, nounsWithoutColour, voiceByNoun } from './traits.js';

const now = Date.UTC(2026, 10, 23, 12);
const day = 86_400_000;
const catalogue = createCatalogue({ seed: 1, now });
const { items, products } = catalogue;

describe('The catalogue', () => {
  it('has 3,000 products in 12 departments and 60 categories, each with its own id and title', () => {
    expect(items).toHaveLength(3_000);
    expect(new Set(items.map(({ id }) => id)).size).toBe(3_000);
    expect(new Set(items.map(({ title }) => title)).size).toBe(3_000);
    expect(new Set(items.map(({ categories }) => categories[0])).size).toBe(12);
    expect(new Set(items.map(({ categories }) => categories.join(' > '))).size).toBe(60);
  });

  it('is the same for the same seed and another for another seed', () => {
    expect(createCatalogue({ seed: 1, now }).items).toEqual(items);
    expect(createCatalogue({ seed: 2, now }).items.map(({ title }) => title)).not.toEqual(items.map(({ title }) => title));
  });

  it('fits the limits of the API', () => {
    for (const item of items) {
      expect(item.id).toMatch(/^p-\d{5}$/);
      expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(2_048);
    }
  });

  it('reads well: a title, one or two sentences, a style and a type as tags, no gap left open', () => {
    for (const item of items) {
      expect(item.title.length).toBeGreaterThan(2);
      expect(item.title.length).toBeLessThan(90);
      expect(item.description).toMatch(/^[^{}|]{20,180}\.$/);
      expect(item.tags).toHaveLength(2);
      expect(item.title).not.toMatch(/[{}]|undefined/);
      expect(JSON.stringify(item.attributes)).not.toContain('undefined');
    }
  });

  it('prices each product within the range of its type', () => {
    for (const { item, type } of products) {
      const [low, high] = taxonomy.types[type]!.spec.price;
      expect(item.price).toBeGreaterThanOrEqual(low * 0.85);
      expect(item.price).toBeLessThanOrEqual(high * 1.05);
    }
  });

  it('publishes over time, some every week until now and a few to come, and has a few sold out', () => {
    const ages = products.map(({ publishedAt }) => (now - publishedAt) / day);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(-14);
    for (let week = -2; week < 8; week += 1) expect(ages.some((age) => age >= 7 * week && age < 7 * (week + 1))).toBe(true);
    const soldOut = items.filter(({ available }) => !available).length;
    expect(soldOut).toBeGreaterThan(10);
    expect(soldOut).toBeLessThan(100);
  });

  it('tells nobody how good a product is', () => {
    for (const { item } of products.slice(0, 200)) expect(Object.keys(item.attributes)).not.toContain('quality');
  });
});

describe('The vocabulary', () => {
  const nouns = new Set(taxonomy.types.map(({ noun }) => noun));

  it('names each type once, with two sentences and a sensible price range', () => {
    expect(nouns.size).toBe(taxonomy.types.length);
    for (const { spec } of taxonomy.types) {
      expect(spec.sentences).toHaveLength(2);
      expect(spec.price[0]).toBeLessThan(spec.price[1]);
    }
  });

  it('knows every type that its tables mention', () => {
    const mentioned = [...materialsByNoun.keys(), ...voiceByNoun.keys(), ...nounsWithoutColour, ...Object.keys(grammars)];
    expect(mentioned.filter((noun) => !nouns.has(noun))).toEqual([]);
  });
});
