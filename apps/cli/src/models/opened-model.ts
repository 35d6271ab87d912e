import { refusable } from '../commands/failure.js';
import type { GatewayFlags } from '../commands/gateway-options.js';
import { fetchVersion } from './fetch-version.js';
import { readModelFolder, type ModelFolder } from './model-folder.js';

const VERSION = /^[^/@]+@[^/@]+$/;

export interface OpenedModel {
  /** model@version, or the folder. */
  readonly name: string;
  readonly folder: ModelFolder;
}

/** A version, which is downloaded to `place`, or a folder on this machine; `./a@b` is a folder. Throws Failure. */
export async function openedModel(reference: string, flags: GatewayFlags, place: string): Promise<OpenedModel> {
  if (!VERSION.test(reference)) return { name: reference, folder: await refusable(() => readModelFolder(reference)) };
  const { reference: name, folder } = await fetchVersion(reference, flags, place);
  return { name, folder };
}
