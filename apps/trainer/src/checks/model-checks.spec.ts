import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeBundle, type StoredBundle } from '@serendip/platform-bundles';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore, type ObjectStore } from '@serendip/platform-objects';
import { control, create } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { ModelChecks } from './model-checks.js';

const { PENDING, PASSED } = control.CheckState;

let folder: string;
let objects: ObjectStore;
let recorded: { readonly model: string; readonly version: number; readonly failed: string | undefined }[];
let checks: ModelChecks;
/** Resolves when so many have been recorded. */
let until: (count: number) => Promise<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-checks-'));
  objects = openObjectStore(`file:${folder}`);
  recorded = [];
  let wake = (): void => undefined;
  const client = {
    async recordModelChecks({ model, version, checks: found }: control.RecordModelChecksRequest) {
      recorded.push({ model, version, failed: found.find(({ outcome }) => outcome === control.CheckOutcome.FAILED)?.name });
      wake();
      return { state: control.CheckState.FAILED };
    },
  };
  until = async (count) => { while (recorded.length < count) await new Promise<void>((resolve) => { wake = resolve; }); };
  checks = new ModelChecks({ client: client as never, objects, logger: createLogger('trainer', 'silent') });
});
afterEach(() => {
  checks.close();
  rmSync(folder, { recursive: true });
});

/** A ranker without anything that one needs. */
const bare = (name: string): Promise<StoredBundle> => writeBundle(objects, { manifest: { name, kind: 'ranker', format: 'onnx', metrics: {} }, files: {} });

const snapshot = (...models: readonly (StoredBundle & { readonly name: string; readonly checks: control.CheckState })[]): control.ConfigSnapshot => (
  create(control.ConfigSnapshotSchema, { version: 1, tenants: [{ id: 'shop', models: models.map((model) => ({ ...model, version: 1, kind: control.ModelKind.RANKER })) }] }));

describe('checks of model versions', () => {
  it('are made of what is pending, once, and told to control', async () => {
    const [one, two, done] = [await bare('one'), await bare('two'), await bare('done')];
    const now = snapshot({ ...one, name: 'one', checks: PENDING }, { ...two, name: 'two', checks: PENDING }, { ...done, name: 'done', checks: PASSED });
    checks.follow(now);
    checks.follow(now);
    await until(2);
    expect(recorded).toEqual([{ model: 'one', version: 1, failed: 'manifest' }, { model: 'two', version: 1, failed: 'manifest' }]);
  });

  it('answer whether all passed, to everybody who asks at the same time', async () => {
    const version = { ...await bare('one'), name: 'one', version: 1 };
    expect(await Promise.all([checks.check('shop', version), checks.check('shop', version)])).toEqual([false, false]);
    expect(recorded).toHaveLength(1);
  });

  it('are tried again once for all, and only while they are pending', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const [one, two] = [{ ...await bare('one'), name: 'one' }, { ...await bare('two'), name: 'two' }];
      const { get } = objects;
      let failed = 0;
      objects.get = async () => {
        failed++;
        throw new DomainError('UNAVAILABLE', 'OBJECT_STORE_UNAVAILABLE', 'Away.');
      };
      checks.follow(snapshot({ ...one, checks: PENDING }, { ...two, checks: PENDING }));
      while (failed < 2 || jest.getTimerCount() === 0) await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(jest.getTimerCount()).toBe(1);
      objects.get = get;
      checks.follow(snapshot({ ...one, checks: PASSED }, { ...two, checks: PENDING }));
      await until(1);
      await jest.advanceTimersByTimeAsync(60_000);
      expect(recorded.map(({ model }) => model)).toEqual(['two']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tell nothing while the object store is away', async () => {
    const version = { ...await bare('one'), name: 'one', version: 1 };
    objects.get = async () => { throw new DomainError('UNAVAILABLE', 'OBJECT_STORE_UNAVAILABLE', 'Away.'); };
    await expect(checks.check('shop', version)).rejects.toMatchObject({ reason: 'OBJECT_STORE_UNAVAILABLE' });
    expect(recorded).toEqual([]);
  });
});
