import { z } from 'zod';
import { rejections } from '../events/event-schema.js';
import { operations, type Operation } from './operations.js';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'reason', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri' }, title: { type: 'string' }, status: { type: 'integer' }, detail: { type: 'string' }, instance: { type: 'string' },
    reason: { type: 'string', description: 'UPPER_SNAKE and stable' }, traceId: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: {
      path: { type: 'string' }, detail: { type: 'string' }, hint: { type: 'string' },
      position: { type: 'integer', description: 'Offset into an expression' }, line: { type: 'integer' }, column: { type: 'integer' },
    } } },
    rejected: { ...schemaOf(rejections, 'output'), description: 'Each entry of a batch of which none was accepted (422)' },
  },
};

type JsonSchema = Record<string, unknown> & { readonly properties?: Record<string, unknown>; readonly required?: readonly string[] };

/** The JSON Schema of what a caller may send, or of what is answered. */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as JsonSchema & { $schema?: string };
  return schema;
}

const json = (schema: unknown) => ({ 'application/json': { schema } });

const idempotencyKey = {
  name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', minLength: 1, maxLength: 128 },
  description: 'Of your making, a UUID for example: the same request with the same key is answered as at first for 24 hours, and done once.',
};

function parametersOf({ path, query, isIdempotent }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const { properties = {}, required = [] } = query === undefined ? {} : schemaOf(query, 'input');
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
  return [...inPath, ...inQuery, ...(isIdempotent === true ? [idempotencyKey] : [])];
}

function operationOf(operation: Operation) {
  const { method, path, tag, summary, access, body, status, answer } = operation;
  const unavailable = status === 501;
  const problems = Object.fromEntries((unavailable ? ['501'] : ['4XX', '5XX']).map((code) => [code, { $ref: '#/components/responses/Problem' }]));
  return {
    operationId: `${method}${path.replace('/v1', '').replace(/[^a-zA-Z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [tag],
    summary,
    ...(access === undefined ? { security: [] } : { description: access === 'secret' ? 'Needs a secret key (sk_…).' : 'A publishable key (pk_…) is enough.' }),
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      ...(unavailable ? {} : { [status]: { description: 'Done', ...(answer === undefined ? {} : { content: json(schemaOf(answer, 'output')) }) } }),
      ...problems,
    },
  };
}

let document: unknown;

/** The OpenAPI 3.1 document of every route, made once from the schemas that requests are checked with. */
export function openApiDocument(): unknown {
  document ??= {
    openapi: '3.1.0',
    info: { title: 'Serendip', version: '1', description: 'Recommendations that rank at request time.' },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    paths: Object.fromEntries(Object.entries(Object.groupBy(operations, ({ path }) => path)).map(([path, group]) =>
      [path, Object.fromEntries(group!.map((operation) => [operation.method, operationOf(operation)]))])),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
      schemas: { Problem: problem },
      responses: { Problem: { description: 'RFC 9457 problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } } },
    },
  };
  return document;
}
