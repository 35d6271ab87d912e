import { z } from 'zod';
import { readPlacementBody, splitBody } from '../admin/placement-schema.js';
import { shadowAnswer, shadowBody } from '../admin/shadow-schema.js';
import { shardsAnswer } from '../admin/shards-schema.js';
import { itemBody, itemSchema, userBody, userSchema } from '../catalogue/item-schema.js';
import { archivingAnswer, dataSetAnswer, dataSetBody, dataSetsAnswer, exportAnswer, exportBody, fileQuery } from '../data-sets/data-set-schema.js';
import { deadLetterAnswer, deadLettersAnswer, purgeAnswer, purgeBody, replayAnswer, replayBody } from '../dead-letters/dead-letter-schema.js';
import { importBody } from '../events/events.controller.js';
import { MOST_EVENTS, eventSchema, eventsAnswer, rejections, eventsQuery } from '../events/event-schema.js';
import { featureReadAnswer, featureReadBody, featuresAnswer, rebuildAnswer } from '../features/features-schema.js';
import { certificate, mergeBody, personExport } from '../people/people-schema.js';
import { batchAnswer as recommendationBatchAnswer, documentedBatchBody } from '../recommendations/batch-schema.js';
import { popularQuery, rankBody, recommendationAnswer, recommendationBody, recommendationQuery, similarQuery } from '../recommendations/recommendation-schema.js';
import { aliasBody, aliasQuery, aliasSchema, modelsSchema, rollbackBody, trainingBody, versionSchema, wholeVersionSchema } from '../models/model-schema.js';
import { previewAnswer, previewBody } from '../rules/preview-schema.js';
import { rulesBody } from '../rules/rule-schema.js';
import type { Access } from '../http/authenticator.js';

/** One operation of the API, as the OpenAPI document shows it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access?: Access;
  /** Whether it takes an `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: number;
  readonly answer?: z.ZodType;
}

const accepted = z.object({ id: z.string(), accepted: z.boolean() });
const importState = z.object({ id: z.string(), name: z.string(), lastBatch: z.number().int(), accepted: z.number().int(), rejected: z.number().int() });
const batchAnswer = z.object({ accepted: z.number().int(), rejected: rejections });
const page = z.object({ limit: z.number().int().min(1).max(200).optional(), cursor: z.string().optional() });
const events = z.strictObject({ events: z.array(eventSchema).min(1).max(MOST_EVENTS) });
const deadLettersPage = page.extend({ reason: z.string().optional(), userId: z.string().optional() });
const secret = { access: 'secret' } as const;
const secretOnce = { access: 'secret', isIdempotent: true } as const;
const publishable = { access: 'publishable' } as const;

/** Every route of the gateway; a test holds this table against what is served. */
export const operations: readonly Operation[] = [
  { method: 'post', path: '/v1/events', tag: 'Events', summary: 'Send one event or up to 500', ...publishable, query: eventsQuery, body: z.union([events, eventSchema]), status: 202, answer: eventsAnswer },
  { method: 'post', path: '/v1/imports', tag: 'Events', summary: 'Open an import by name, or find it again', ...secretOnce, body: importBody, status: 200, answer: importState },
  { method: 'put', path: '/v1/imports/{id}/batches/{n}', tag: 'Events', summary: 'Apply batch n of an import once, in order', ...secretOnce, body: events, status: 200, answer: importState.extend({ applied: z.boolean(), batchRejected: rejections }) },
  { method: 'get', path: '/v1/imports/{id}', tag: 'Events', summary: 'How far an import is', ...secret, status: 200, answer: importState },
  { method: 'get', path: '/v1/dead-letters', tag: 'Dead letters', summary: 'Events that were refused, the last first, and how many there are by reason', ...secret, query: deadLettersPage, status: 200, answer: deadLettersAnswer },
  { method: 'get', path: '/v1/dead-letters/{id}', tag: 'Dead letters', summary: 'A refused event as it came', ...secret, status: 200, answer: deadLetterAnswer },
  { method: 'post', path: '/v1/dead-letters:replay', tag: 'Dead letters', summary: 'Check refused events again and take those that are valid now', ...secret, body: replayBody, status: 200, answer: replayAnswer },
  { method: 'post', path: '/v1/dead-letters:purge', tag: 'Dead letters', summary: 'Remove refused events for good', ...secret, body: purgeBody, status: 200, answer: purgeAnswer },
  { method: 'post', path: '/v1/recommendations', tag: 'Recommendations', summary: 'What to show in a placement, ranked now', ...publishable, body: recommendationBody, status: 200, answer: recommendationAnswer },
  { method: 'get', path: '/v1/recommendations', tag: 'Recommendations', summary: 'The same, as query parameters', ...publishable, query: recommendationQuery, status: 200, answer: recommendationAnswer },
  { method: 'post', path: '/v1/recommendations:batch', tag: 'Recommendations', summary: 'Up to 100 recommendations, each answered or refused by itself, in order', ...publishable, body: documentedBatchBody, status: 200, answer: recommendationBatchAnswer },
  { method: 'post', path: '/v1/rank', tag: 'Recommendations', summary: 'Put given items into personal order', ...publishable, body: rankBody, status: 200, answer: recommendationAnswer },
  { method: 'get', path: '/v1/items/{id}/similar', tag: 'Recommendations', summary: 'Items like this one', ...publishable, query: similarQuery, status: 200, answer: recommendationAnswer },
  { method: 'get', path: '/v1/popular', tag: 'Recommendations', summary: 'What is popular in a window', ...publishable, query: popularQuery, status: 200, answer: recommendationAnswer },
  { method: 'post', path: '/v1/items:batch', tag: 'Catalogue', summary: 'Put up to 500 items', ...secret, body: z.object({ items: z.array(itemSchema).min(1).max(500) }), status: 202, answer: batchAnswer },
  { method: 'get', path: '/v1/items', tag: 'Catalogue', summary: 'List items', ...secret, query: page, status: 200 },
  { method: 'put', path: '/v1/items/{id}', tag: 'Catalogue', summary: 'Put an item', ...secret, body: itemBody, status: 202, answer: accepted },
  { method: 'patch', path: '/v1/items/{id}', tag: 'Catalogue', summary: 'Change fields of an item', ...secret, body: itemBody, status: 202, answer: accepted },
  { method: 'get', path: '/v1/items/{id}', tag: 'Catalogue', summary: 'Read an item', ...secret, status: 200, answer: itemSchema },
  { method: 'delete', path: '/v1/items/{id}', tag: 'Catalogue', summary: 'Delete an item', ...secret, status: 202, answer: accepted },
  { method: 'post', path: '/v1/users:batch', tag: 'Users', summary: 'Put up to 500 profiles', ...secret, body: z.object({ users: z.array(userSchema).min(1).max(500) }), status: 202, answer: batchAnswer },
  { method: 'put', path: '/v1/users/{id}', tag: 'Users', summary: 'Put a profile', ...secret, body: userBody, status: 202, answer: accepted },
  { method: 'patch', path: '/v1/users/{id}', tag: 'Users', summary: 'Change attributes of a profile', ...secret, body: userBody, status: 202, answer: accepted },
  { method: 'get', path: '/v1/users/{id}', tag: 'Users', summary: 'Read a profile', ...secret, status: 200 },
  { method: 'delete', path: '/v1/users/{id}', tag: 'Users', summary: 'Delete a profile', ...secret, status: 202, answer: accepted },
  { method: 'get', path: '/v1/users/{id}/events', tag: 'Users', summary: 'The newest events of a user', ...secret, query: page, status: 200 },
  { method: 'post', path: '/v1/users/{id}:merge', tag: 'Users', summary: 'Say that an anonymous visitor is this user', ...secret, body: mergeBody, status: 202, answer: accepted.extend({ anonymousId: z.string() }) },
  { method: 'post', path: '/v1/users/{id}:export', tag: 'Users', summary: 'All that is held of a user, and of the visitors that became it', ...secret, status: 200, answer: personExport },
  { method: 'post', path: '/v1/users/{id}:erase', tag: 'Users', summary: 'Erase a user, and the visitors that became it, for good', ...secret, status: 200, answer: certificate },
  { method: 'post', path: '/v1/anonymous/{id}:export', tag: 'Users', summary: 'All that is held of a visitor, or of the user it became', ...secret, status: 200, answer: personExport },
  { method: 'post', path: '/v1/anonymous/{id}:erase', tag: 'Users', summary: 'Erase a visitor, or the user it became, for good', ...secret, status: 200, answer: certificate },
  { method: 'get', path: '/v1/features', tag: 'Features', summary: 'What a ranker can be given, and how each is computed', ...secret, status: 200, answer: featuresAnswer },
  { method: 'post', path: '/v1/features:read', tag: 'Features', summary: 'What a ranker would be given for a user and some items, with a status for each value', ...secret, body: featureReadBody, status: 200, answer: featureReadAnswer },
  { method: 'post', path: '/v1/features:rebuild', tag: 'Features', summary: 'Make the state of all tenants anew from the log, beside the live one, and switch to it', ...secret, status: 202, answer: rebuildAnswer },
  { method: 'get', path: '/v1/features/rebuild', tag: 'Features', summary: 'How the newest rebuild goes, or went', ...secret, status: 200, answer: rebuildAnswer },
  { method: 'get', path: '/v1/placements', tag: 'Placements', summary: 'List placements', ...secret, status: 200 },
  { method: 'get', path: '/v1/placements/{name}', tag: 'Placements', summary: 'Read a placement', ...secret, status: 200 },
  { method: 'put', path: '/v1/placements/{name}', tag: 'Placements', summary: 'Change a placement or add one', ...secretOnce, body: readPlacementBody, status: 200 },
  { method: 'post', path: '/v1/placements/{name}:preview', tag: 'Placements', summary: 'What a placement would change for up to 100 users, and which rules would do it', ...secret, body: previewBody, status: 200, answer: previewAnswer },
  { method: 'get', path: '/v1/rules', tag: 'Placements', summary: 'Read the rules that hold in every placement', ...secret, status: 200, answer: rulesBody },
  { method: 'put', path: '/v1/rules', tag: 'Placements', summary: 'Replace the rules that hold in every placement', ...secretOnce, body: rulesBody, status: 200, answer: rulesBody },
  { method: 'put', path: '/v1/placements/{name}/split', tag: 'Placements', summary: 'Split its users between models, stickily', ...secretOnce, body: splitBody, status: 200 },
  { method: 'delete', path: '/v1/placements/{name}/split', tag: 'Placements', summary: 'End its split', ...secretOnce, status: 204 },
  { method: 'get', path: '/v1/placements/{name}/shadow', tag: 'Placements', summary: 'Which versions shadow it, and how they do', ...secret, status: 200, answer: shadowAnswer },
  { method: 'put', path: '/v1/placements/{name}/shadow', tag: 'Placements', summary: 'Let versions answer once more what it answers, shown to nobody', ...secretOnce, body: shadowBody, status: 200, answer: shadowAnswer },
  { method: 'delete', path: '/v1/placements/{name}/shadow', tag: 'Placements', summary: 'End its shadow', ...secretOnce, status: 204 },
  { method: 'get', path: '/v1/models', tag: 'Models', summary: 'List model versions and their aliases', ...secret, status: 200, answer: modelsSchema },
  { method: 'get', path: '/v1/models/{name}/versions/{version}', tag: 'Models', summary: 'Read a model version with what its checks found', ...secret, status: 200, answer: wholeVersionSchema },
  { method: 'get', path: '/v1/models/{name}/versions/{version}/file', tag: 'Models', summary: 'One of its files, as it was pushed', ...secret, query: fileQuery, status: 200 },
  { method: 'post', path: '/v1/models/{name}/versions', tag: 'Models', summary: 'Push a model: multipart/form-data, a part for model.yaml and for each file', ...secret, status: 201, answer: versionSchema },
  { method: 'post', path: '/v1/models/{name}:rollback', tag: 'Models', summary: 'Point an alias at the version that it pointed at before', ...secretOnce, body: rollbackBody, status: 200, answer: aliasSchema },
  { method: 'put', path: '/v1/models/{name}/aliases/{alias}', tag: 'Models', summary: 'Point an alias at a version that has passed its checks, or at any by force', ...secretOnce, body: aliasBody, status: 200, answer: aliasSchema },
  { method: 'delete', path: '/v1/models/{name}/aliases/{alias}', tag: 'Models', summary: 'Take an alias away; not the champion of a ranker or retriever, nor one that a placement, split or shadow names', ...secretOnce, query: aliasQuery, status: 204 },
  { method: 'post', path: '/v1/datasets', tag: 'Data sets', summary: 'Name what happened between two times: an immutable version; 202 while the log is being archived', ...secret, body: dataSetBody, status: 200, answer: z.union([dataSetAnswer, archivingAnswer]) },
  { method: 'get', path: '/v1/datasets', tag: 'Data sets', summary: 'List data sets, the newest first', ...secret, status: 200, answer: dataSetsAnswer },
  { method: 'get', path: '/v1/datasets/{id}', tag: 'Data sets', summary: 'Read a data set with its files', ...secret, status: 200, answer: dataSetAnswer },
  { method: 'get', path: '/v1/datasets/{id}/file', tag: 'Data sets', summary: 'One of its files, as Parquet', ...secret, query: fileQuery, status: 200 },
  { method: 'post', path: '/v1/datasets/{id}/exports', tag: 'Data sets', summary: 'Make training tables of a data set: slates as they were served, with their features and what came of them', ...secret, body: exportBody, status: 202, answer: exportAnswer },
  { method: 'get', path: '/v1/datasets/{id}/exports/{exportId}', tag: 'Data sets', summary: 'How far an export is, and its files', ...secret, status: 200, answer: exportAnswer },
  { method: 'get', path: '/v1/datasets/{id}/exports/{exportId}/file', tag: 'Data sets', summary: 'One of its files, as Parquet', ...secret, query: fileQuery, status: 200 },
  { method: 'post', path: '/v1/training', tag: 'Models', summary: 'Train from the event log', ...secretOnce, body: trainingBody, status: 202 },
  { method: 'get', path: '/v1/training/{id}', tag: 'Models', summary: 'How far a training run is', ...secret, status: 200 },
  { method: 'post', path: '/v1/experiments', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'get', path: '/v1/experiments/{id}', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'get', path: '/v1/experiments/{id}/report', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'post', path: '/v1/experiments/{id}:start', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'post', path: '/v1/experiments/{id}:ramp', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'post', path: '/v1/experiments/{id}:stop', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'post', path: '/v1/experiments/{id}:promote', tag: 'Experiments', summary: 'Not available in this release', ...secret, status: 501 },
  { method: 'get', path: '/v1/shards', tag: 'Operations', summary: 'Who applies which partition of the log, and how far', ...secret, status: 200, answer: shardsAnswer },
  { method: 'get', path: '/healthz', tag: 'Operations', summary: 'Whether this process lives', status: 200 },
  { method: 'get', path: '/readyz', tag: 'Operations', summary: 'Whether it may be sent requests, and what it depends on', status: 200 },
  { method: 'get', path: '/openapi.json', tag: 'Operations', summary: 'This document', status: 200 },
];
