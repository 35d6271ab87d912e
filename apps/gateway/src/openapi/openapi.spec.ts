import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Gateway } from '../gateway.fixture.js';
import { operations } from './operations.js';

type Json = Readonly<Record<string, unknown>>;

/** Pages for people: no part of the API. */
const pages = /^\/(docs|shop)(\/|$)/;

/** A route of the router as OpenAPI writes it. */
const templateOf = (url: string): string => url.replaceAll('::', '\0').replace(/:(\w+)/g, '{$1}').replaceAll('\0', ':');

const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);

/** The actions behind a parameter are one route of the router and several of the API. */
const actionsOf = (route: string): readonly string[] => documented.filter((operation) => operation.replace(/\{\w+\}:\w+$/, '') === route);

let gateway: Gateway;
let document: Json;
beforeAll(async () => {
  gateway = await Gateway.start();
  document = (await gateway.ask('GET /openapi.json', { key: null })).json as Json;
});
afterAll(() => gateway.close());

function* valuesOf(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Json;
  for (const inner of Object.values(value)) yield* valuesOf(inner);
}

const at = (pointer: string): unknown =>
  pointer.slice(2).split('/').reduce<unknown>((value, part) => (value as Json | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], document);

describe('openapi.json', () => {
  it('has every route that is served, and none that is not', () => {
    const served = gateway.routes.filter(({ method, url }) => !['HEAD', 'OPTIONS'].includes(method) && !pages.test(url))
      .flatMap(({ method, url }) => (/:\w+AndAction$/.test(url) ? actionsOf(`${method} ${url.replace(/:\w+$/, '')}`) : [`${method} ${templateOf(url)}`]));
    expect([...new Set(served)].sort()).toEqual([...documented].sort());
  });

  it('shows each operation once, under its own id, with its path\'s parameters', () => {
    const paths = document.paths as Readonly<Record<string, Readonly<Record<string, { operationId: string; parameters: { name: string; in: string; required: boolean }[]; responses: Json; security?: unknown[] }>>>>;
    const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
    expect(all.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual([...documented].sort());
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
    for (const { path, operation } of all) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }) => required)).toBe(true);
      expect(new Set(operation.parameters.map(({ name, in: place }) => `${place}:${name}`)).size).toBe(operation.parameters.length);
      expect(Object.keys(operation.responses).every((status) => /^[1-5](\d\d|XX)$/.test(status))).toBe(true);
      expect(operation.operationId).toMatch(/^[a-z][a-zA-Z]+$/);
      if (path.startsWith('/v1')) expect(operation.security).toBeUndefined();
      else expect(operation.security).toEqual([]);
    }
  });

  it('is an OpenAPI 3.1 document whose references lead somewhere', () => {
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { title: expect.any(String), version: expect.any(String) }, paths: expect.any(Object) });
    expect(Object.keys(document).every((key) => ['openapi', 'info', 'servers', 'security', 'paths', 'components', 'tags'].includes(key))).toBe(true);
    const references = [...valuesOf(document)].map(({ $ref }) => $ref).filter((reference) => typeof reference === 'string');
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      expect(reference).toMatch(/^#\//);
      expect({ reference, found: at(reference) !== undefined }).toEqual({ reference, found: true });
    }
    for (const requirement of document.security as Json[]) for (const name of Object.keys(requirement)) expect(at(`#/components/securitySchemes/${name}`)).toBeDefined();
  });

  it('has no schema that says nothing where a body is read', () => {
    const bodies = [...valuesOf(document)].filter(({ requestBody }) => requestBody !== undefined).map(({ requestBody }) => (requestBody as { content: { 'application/json': { schema: Json } } }).content['application/json'].schema);
    for (const schema of bodies) expect(Object.keys(schema).some((key) => ['type', 'anyOf', 'allOf', '$ref'].includes(key))).toBe(true);
  });
});
