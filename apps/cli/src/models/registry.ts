import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, Failure } from '../commands/failure.js';
import { askAgain, askGateway, askMeanwhile, type GatewayFlags } from '../commands/gateway-options.js';
import { modelsAnswer, versionAnswer, wholeVersionAnswer, type VersionAnswer, type WholeVersionAnswer } from './answers.js';
import { formOf, type ModelFolder } from './model-folder.js';

const POLL_MS = 300;
const LONGEST_CHECKS_MS = 300_000;
const UPLOAD_MS = 300_000;

/** Sends a folder as the next version, or the version that has the same content: so it is sent again when the connection is lost. */
export async function upload(dir: string, folder: ModelFolder, flags: GatewayFlags): Promise<VersionAnswer> {
  const form = await formOf(dir, folder);
  return versionAnswer.parse(await askAgain(flags, (client) => client.send('POST', `/v1/models/${folder.model.name}/versions`, { body: form }), UPLOAD_MS));
}

/** A version once its checks are made. Throws Failure when nobody makes them. */
export async function checked(reference: string, flags: GatewayFlags): Promise<WholeVersionAnswer> {
  for (const deadline = Date.now() + LONGEST_CHECKS_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const answer = await readVersion(reference, flags, askMeanwhile).catch((error: unknown) => {
      // A gateway hears of a version a moment after it is registered.
      if (error instanceof Failure && error.reason === 'MODEL_UNKNOWN') return undefined;
      throw error;
    });
    if (answer !== undefined && answer.checks !== 'pending') return answer;
  }
  throw new Failure(`${reference} is still being checked: is the trainer running? \`serendip model show ${reference}\` says when it is done.`, EXIT.refused);
}

/** A version by number or alias. */
export async function readVersion(reference: string, flags: GatewayFlags, ask: typeof askMeanwhile = askOnce): Promise<WholeVersionAnswer> {
  const { model, version } = await resolved(reference, flags);
  return wholeVersionAnswer.parse(await ask(flags, (client) => client.send('GET', `/v1/models/${encodeURIComponent(model)}/versions/${version}`)));
}

const askOnce: typeof askMeanwhile = (flags, ask) => askGateway(flags, {}, ask);

export async function modelsOf(flags: GatewayFlags): Promise<readonly VersionAnswer[]> {
  return modelsAnswer.parse(await askGateway(flags, {}, (client) => client.send('GET', '/v1/models'))).models;
}

/** The model and the number of what is named by number or alias. */
export async function resolved(reference: string, flags: GatewayFlags): Promise<{ readonly model: string; readonly version: number }> {
  const [, model, pointer] = /^([^@]+)@([^@]+)$/.exec(reference) ?? [];
  if (model === undefined || pointer === undefined) throw new Failure(`'${reference}' is no version: say model@version or model@alias, for example ranker@4.`, EXIT.usage);
  if (/^\d+$/.test(pointer)) return { model, version: Number(pointer) };
  const found = (await modelsOf(flags)).find(({ name, aliases }) => name === model && aliases.includes(pointer));
  if (found === undefined) throw new Failure(`There is no alias '${pointer}' of a model '${model}': \`serendip model list\` shows what there is.`, EXIT.refused);
  return { model, version: found.version };
}
