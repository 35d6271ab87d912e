/** What the gateway says of itself: every operation of the served OpenAPI document, with a check of what each takes. */
import { z } from 'zod';

export type Schema = Readonly<Record<string, unknown>> & {
  readonly type?: string; readonly anyOf?: readonly Schema[]; readonly enum?: readonly unknown[]; readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>; readonly required?: readonly string[]; readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema; readonly minItems?: number; readonly maxItems?: number; readonly minLength?: number; readonly maxLength?: number;
  readonly minimum?: number; readonly maximum?: number; readonly format?: string;
};

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Schema;
}

export interface Operation {
  /** METHOD /template */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly needs: 'nothing' | 'publishable' | 'secret';
  /** Documented as not available yet: it answers 501. */
  readonly isPromised: boolean;
  /** Whether a value is what the document says of a body. */
  accepts(value: unknown): boolean;
}

interface DocumentedOperation {
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

function operationOf(path: string, method: string, documented: DocumentedOperation): Operation {
  const body = documented.requestBody?.content['application/json']?.schema;
  const check = body === undefined ? undefined : z.fromJSONSchema(body as never);
  return {
    name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, parameters: documented.parameters ?? [], body,
    needs: documented.security?.length === 0 ? 'nothing' : /secret/.test(documented.description ?? '') ? 'secret' : 'publishable',
    isPromised: Object.hasOwn(documented.responses, '501'),
    accepts: (value) => check?.safeParse(value).success === true,
  };
}

export async function operationsOf(gateway: string): Promise<readonly Operation[]> {
  const response = await fetch(`${gateway}/openapi.json`);
  const { paths } = await response.json() as { readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>> };
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, documented]) => operationOf(path, method, documented)));
}
