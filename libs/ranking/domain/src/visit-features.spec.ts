import { describe, expect, it } from '@jest/globals';
import { ItemColumns } from '@serendip/shared-catalogue';
import { UserStateView } from '@serendip/shared-layouts';
import fc from 'fast-check';
import { FeatureComputer, RANKING_FEATURE_NAMES, localOffsetMs, visitFeatureName, visitFeatureValue, visitFeaturesIn, type VisitFields } from './index.js';

const HOUR = 3_600_000;
/** Saturday 2026-11-21T23:00:00Z. */
const SATURDAY_NIGHT = 1_795_302_000_000;
const text = (value: string) => ({ value: { case: 'text', value } });
const number = (value: number) => ({ value: { case: 'number', value } });
const visit = (more: Partial<VisitFields> = {}): VisitFields => ({ device: '', locale: '', country: '', attributes: {}, ...more });
const nobody = new UserStateView(new Uint8Array(0));

/** Features of a visit, by name, for a state of this last event. */
function featuresOf(fields: VisitFields | undefined, { names = RANKING_FEATURE_NAMES as readonly string[], state = nobody, nowMs = SATURDAY_NIGHT } = {}): Record<string, number> {
  const one = new Float32Array(1);
  const row = new FeatureComputer(names).compute(state, new ItemColumns(), { ordinals: Int32Array.of(1), scores: one, personalScores: one, nextScores: one }, { nowMs, visit: fields });
  return Object.fromEntries(names.map((name, i) => [name, row[i]!]));
}

describe('where and when a visit is', () => {
  it('knows a zone whatever names have been made up before, and in any spelling', () => {
    const offset = (name: string) => localOffsetMs({ device: '', locale: '', country: '', attributes: { timeZone: text(name) } }, Date.UTC(2026, 0, 1)) / 3_600_000;
    for (let i = 0; i < 2000; i++) offset(`Made/Up_${i}`);
    for (let i = 0; i < 1024; i++) offset([...'america/bogota'].map((letter, at) => ((i >> (at % 10)) & 1 ? letter.toUpperCase() : letter)).join(''));
    expect(['Asia/Tokyo', 'asia/TOKYO', 'America/Bogota', 'Pacific/Chatham'].map(offset)).toEqual([9, 9, -5, 13.75]);
    expect(['+09:00', '\0', '', 'x'.repeat(5000), '../Asia/Tokyo'].map(offset)).toEqual([0, 0, 0, 0, 0]);
  });

  it('is local by time zone, else by offset, else UTC', () => {
    const offset = (attributes: VisitFields['attributes'], timeMs = SATURDAY_NIGHT) => localOffsetMs(visit({ attributes }), timeMs) / HOUR;
    expect(offset({ timeZone: text('Europe/Oslo') })).toBe(1);
    expect(offset({ timeZone: text('Europe/Oslo') }, Date.UTC(2026, 6, 1))).toBe(2);
    expect(offset({ timeZone: text('America/St_Johns') })).toBe(-3.5);
    expect(offset({ timeZone: text('UTC'), utcOffsetMinutes: number(60) })).toBe(0);
    expect(offset({ timeZone: text('Middle/Earth'), utcOffsetMinutes: number(330) })).toBe(5.5);
    expect(offset({ utcOffsetMinutes: number(-480) })).toBe(-8);
    expect([offset({}), localOffsetMs(undefined, 0), offset({ utcOffsetMinutes: number(1e9) }), offset({ utcOffsetMinutes: number(NaN) }), offset({ utcOffsetMinutes: text('60') })]).toEqual([0, 0, 0, 0, 0]);
  });

  it('knows a weekend there from one here', () => {
    expect(featuresOf(visit())['weekend']).toBe(1);
    expect(featuresOf(visit(), { nowMs: SATURDAY_NIGHT + 26 * HOUR })['weekend']).toBe(0);
    expect(featuresOf(visit({ attributes: { utcOffsetMinutes: number(-120) } }), { nowMs: SATURDAY_NIGHT + 26 * HOUR })['weekend']).toBe(1);
    const { local_hour_sin: sin, local_hour_cos: cos, hour_cos: utc } = featuresOf(visit({ attributes: { utcOffsetMinutes: number(60) } }));
    expect([sin, cos]).toEqual([expect.closeTo(0, 5), expect.closeTo(1, 5)]);
    expect(utc).toBeCloseTo(Math.cos((23 / 24) * 2 * Math.PI), 5);
  });

  it('knows the device and the session', () => {
    expect(featuresOf(visit({ device: 'tv' }))).toMatchObject({ device_tv: 1, device_mobile: 0, device_desktop: 0, session_new: 1, session_minutes: 0 });
    const record = new Uint8Array(64);
    const data = new DataView(record.buffer);
    data.setUint16(0, 1, true);
    data.setFloat64(32, SATURDAY_NIGHT - 10 * 60_000, true);
    data.setFloat64(48, SATURDAY_NIGHT - 20 * 60_000, true);
    data.setUint32(56, 3, true);
    const state = new UserStateView(record);
    expect(featuresOf(visit(), { state })).toMatchObject({ session_new: 0, session_minutes: expect.closeTo(Math.log1p(20), 5) });
    expect(featuresOf(visit(), { state, nowMs: SATURDAY_NIGHT + HOUR })).toMatchObject({ session_new: 1, session_minutes: 0 });
  });
});

describe('features of free context', () => {
  const rich = visit({ country: 'NO', locale: 'nb-NO', attributes: { rain: { value: { case: 'flag', value: true } }, cart: number(2.5), campaign: text('sale'), tags: { value: { case: 'texts', value: { values: ['a', 'b'] } } } } });

  it('are numbers, or 1 for the text they name, and 0 where nothing is known', () => {
    const names = ['context.country=NO', 'context.country=SE', 'context.rain', 'context.cart', 'context.campaign=sale', 'context.tags=b', 'context.nothing', 'context.campaign'];
    expect(Object.values(featuresOf(rich, { names }))).toEqual([1, 0, 1, 2.5, 1, 1, 0, 0]);
    expect(Object.values(featuresOf(undefined, { names }))).toEqual(names.map(() => 0));
    expect(() => new FeatureComputer(['context.'])).toThrow(RangeError);
  });

  it('of a context are all that it has something for', () => {
    const found = visitFeaturesIn(rich);
    expect(found.map(visitFeatureName).sort()).toEqual(['context.campaign=sale', 'context.cart', 'context.country=NO', 'context.locale=nb-NO', 'context.rain', 'context.tags=a', 'context.tags=b']);
    for (const feature of found) expect(visitFeatureValue(feature, rich)).not.toBe(0);
  });

  it('change nothing of what is declared, whatever they are called', () => {
    const names = fc.constantFrom('context.constructor', 'context.__proto__', 'context.toString=x', 'context.a=', 'context.x=y=z');
    fc.assert(fc.property(fc.array(names, { maxLength: 4 }), (more) => {
      const all = featuresOf(rich, { names: [...RANKING_FEATURE_NAMES, ...more] });
      expect(all).toMatchObject(featuresOf(rich));
      expect(Object.values(all).every(Number.isFinite)).toBe(true);
    }));
  });
});
