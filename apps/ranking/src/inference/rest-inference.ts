import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@serendip/platform-logging';
import { httpStatus, isDomainError } from '@serendip/shared-errors';
import { bytesOf } from '@serendip/shared-layouts';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { InferenceBodies } from './inference-body.js';
import { DATATYPE, INPUT, OUTPUT, invalid, type InferenceInput, type InferenceModels } from './inference-models.js';
import { SERVER } from './server-metadata.js';

const parameters = z.looseObject({ binary_data: z.boolean().optional(), binary_data_size: z.number().int().min(0).optional(), binary_data_output: z.boolean().optional() }).optional();
const inferRequest = z.looseObject({
  id: z.string().max(256).optional(),
  parameters,
  inputs: z.array(z.looseObject({ name: z.string(), datatype: z.string(), shape: z.array(z.number().int().min(0)).max(8), parameters, data: z.array(z.unknown()).optional() })).max(8),
  outputs: z.array(z.looseObject({ name: z.string(), parameters })).max(8).optional(),
});

type InferRequest = z.infer<typeof inferRequest>;

/** A client asks with the same words again and again; reading them is a tenth of all there is to do. */
const MOST_KNOWN = 100;
const LONGEST_KNOWN = 1000;

const MODEL_PATH = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/;

/** The Open Inference Protocol over HTTP, with the binary tensor extension. */
export class RestInference {
  private readonly bodies = new InferenceBodies();
  private readonly known = new LRUCache<string, InferRequest>({ max: MOST_KNOWN });

  constructor(private readonly models: InferenceModels, private readonly isReady: () => boolean, private readonly logger: Pick<Logger, 'error'>) {}

  /** Answers every path under /v2; false for another. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = request.url!.split('?', 1)[0]!;
    if (path !== '/v2' && !path.startsWith('/v2/')) return false;
    this.answer(path, request, response).catch((error: unknown) => this.fail(error, response));
    return true;
  }

  private async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/v2') return json(response, 200, { ...SERVER, extensions: ['binary_tensor_data'] });
    if (path === '/v2/health/live') return json(response, 200, { live: true });
    if (path === '/v2/health/ready') return json(response, this.isReady() ? 200 : 503, { ready: this.isReady() });
    const [, name, version = '', action] = MODEL_PATH.exec(path) ?? [];
    if (name === undefined) return json(response, 404, { error: 'There are /v2, /v2/health/live, /v2/health/ready and /v2/models/{name}[/versions/{version}][/ready|/infer] here.' });
    const model = decoded(name);
    if (action === 'infer') return request.method === 'POST' ? this.infer(model, version, request, response) : json(response, 405, { error: 'An inference is asked for with POST.' });
    if (action === 'ready') {
      const ready = this.models.isLoaded(model, version);
      return json(response, ready ? 200 : 404, { name: model, ready });
    }
    const { heads, features, ...described } = this.models.describe(model, version);
    const tensor = (tensorName: string, width: number) => [{ name: tensorName, datatype: DATATYPE, shape: [-1, width] }];
    json(response, 200, { ...described, inputs: tensor(INPUT, features), outputs: tensor(OUTPUT, heads.length), parameters: { heads: heads.join(',') } });
  }

  private async infer(model: string, version: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await this.bodies.read(request);
    try {
      const { id, inputs, outputs = [], parameters: own } = this.read(body.json);
      const result = await this.models.infer({ model, version, inputs: given(inputs, body.binary), outputs: outputs.map(({ name }) => name) });
      const asBinary = outputs[0]?.parameters?.binary_data ?? own?.binary_data_output ?? false;
      const output = { name: OUTPUT, datatype: DATATYPE, shape: result.shape };
      const head = { model_name: model, model_version: result.version, ...(id === undefined ? {} : { id }) };
      if (asBinary) binary(response, { ...head, outputs: [{ ...output, parameters: { binary_data_size: result.data.byteLength } }] }, bytesOf(result.data));
      else json(response, 200, { ...head, outputs: [{ ...output, data: [...result.data] }] });
    } finally {
      body.release();
    }
  }

  private read(json: Buffer): InferRequest {
    if (json.length > LONGEST_KNOWN) return parsed(json);
    const text = json.toString('latin1');
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const request = parsed(json);
    this.known.set(text, request);
    return request;
  }

  private fail(error: unknown, response: ServerResponse): void {
    if (!isDomainError(error)) this.logger.error({ err: error }, 'An inference failed.');
    if (response.headersSent) response.destroy();
    else if (isDomainError(error)) json(response, httpStatus(error.code), { error: `${error.reason}: ${error.message}` });
    else json(response, 500, { error: 'INTERNAL: The inference failed.' });
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw invalid('the name of its model can not be read');
  }
}

function parsed(text: Uint8Array): InferRequest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw invalid('its JSON can not be read');
  }
  const { success, data, error } = inferRequest.safeParse(value);
  if (!success) throw invalid(error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; '));
  return data;
}

/** Inputs with their numbers, from their JSON or in turn from the binary part. */
function given(inputs: InferRequest['inputs'], bytes: Uint8Array<ArrayBuffer>): readonly InferenceInput[] {
  let at = 0;
  return inputs.map(({ name, datatype, shape, parameters: { binary_data_size: size } = {}, data }) => {
    if (size === undefined) return { name, datatype, shape, data: numbersOf(name, data ?? []) };
    if (size % Float32Array.BYTES_PER_ELEMENT !== 0 || at + size > bytes.length) throw invalid(`the binary part has ${bytes.length} bytes, and '${name}' wants ${size} float32 bytes of it`);
    const values = new Float32Array(bytes.buffer, bytes.byteOffset + at, size / Float32Array.BYTES_PER_ELEMENT);
    at += size;
    return { name, datatype, shape, data: values };
  });
}

function numbersOf(name: string, data: readonly unknown[]): Float32Array {
  const values = data.flat(2);
  if (!values.every((value) => typeof value === 'number')) throw invalid(`'${name}' has something among its data that is no number`);
  return Float32Array.from(values);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

function binary(response: ServerResponse, head: unknown, data: Uint8Array): void {
  const text = Buffer.from(JSON.stringify(head));
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'inference-header-content-length': text.length, 'content-length': text.length + data.length });
  response.end(Buffer.concat([text, data]));
}
