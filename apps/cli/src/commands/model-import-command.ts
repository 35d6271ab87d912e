import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { isDomainError } from '@serendip/shared-errors';
import { refused, type ImportedGraph } from '../models/importing/imported-graph.js';
import { readMlflow } from '../models/importing/read-mlflow.js';
import { readTriton } from '../models/importing/read-triton.js';
import { EXIT, Failure } from './failure.js';
import type { Output } from './output.js';

const EXAMPLES = `
Examples:
  serendip model import mlflow mlruns/…/artifacts/model --out ranker --features retrieval_score,popularity_7d --rows x.npy
  serendip model import triton models/ranker --out ranker --features retrieval_score,popularity_7d --output probabilities

--features names a ranking feature for each column of the model's input, in its order. With --rows (numpy.save of float32 rows that it was trained on) means and
golden outputs are written too; those are then the model's own, and model.yaml says so. Without, write both yourself before you push.

Exit codes: 0 done, 1 refused, 2 wrong usage.`;

interface ImportFlags {
  readonly out: string;
  readonly features: string;
  readonly name?: string;
  readonly heads?: string;
  readonly output?: string;
  readonly rows?: string;
  readonly modelVersion?: string;
}

/** `serendip model import <mlflow|triton> …`; rejects with Failure, and with CommanderError for wrong usage. */
export function modelImportCommand(output: Output): Command {
  const command = new Command('import').description('make a bundle of a model that MLflow or Triton keeps').addHelpText('after', EXAMPLES).exitOverride();
  importer(command, 'mlflow', 'a model folder of MLflow with the ONNX flavor').action((folder: string, flags: ImportFlags) => run(() => readMlflow(folder), flags, output));
  importer(command, 'triton', 'a model of a Triton repository: config.pbtxt and 1/model.onnx or 1/model.savedmodel').option('--model-version <number>', 'which of several versions')
    .action((folder: string, flags: ImportFlags) => run(() => readTriton(folder, flags.modelVersion), flags, output));
  return command;
}

function importer(command: Command, from: string, description: string): Command {
  return command.command(from).description(description)
    .argument('<folder>', 'where it lies')
    .requiredOption('--out <dir>', 'a new or empty folder for the bundle')
    .requiredOption('--features <names>', 'ranking features with commas between them, one for each column of the input')
    .option('--name <name>', 'the model\'s name, in place of the folder\'s')
    .option('--heads <names>', 'what the columns of the output are, with commas between them (default for one: engage)')
    .option('--output <tensor>', 'which of several outputs has the scores')
    .option('--rows <npy>', 'rows that it was trained on: float32 [rows, features]');
}

async function run(read: () => Promise<ImportedGraph>, { out, features, name, heads, output: scores, rows }: ImportFlags, output: Output): Promise<void> {
  const names = (text: string): readonly string[] => text.split(',').map((each) => each.trim()).filter(Boolean);
  try {
    const graph = await read();
    const npy = rows === undefined ? undefined : await readFile(rows).catch((cause: unknown) => { throw refused(`'${rows}' can't be read: name a .npy file.`, cause); });
    const { writeImport } = await import('../models/importing/write-import.js');
    const { files, missing } = await writeImport(graph, {
      out, features: names(features), ...(name === undefined ? {} : { name }), ...(heads === undefined ? {} : { heads: names(heads) }), ...(scores === undefined ? {} : { output: scores }), ...(npy === undefined ? {} : { rows: npy }),
    }, async (model, contents, lines) => {
      const { predict } = await import('@serendip/models-adapters');
      return predict(model, { files: Object.keys(contents), read: async (file) => contents[file]! }, lines);
    });
    output.write([
      `${files.length} files in ${out}: ${files.join(', ')}`, ...missing.map((each) => `Still missing: ${each}.`), `Next: \`serendip model check ${out}\`.`, '',
    ].join('\n'));
  } catch (error) {
    if (isDomainError(error)) throw new Failure(`${error.reason}\n  ${error.message}`, EXIT.refused);
    throw error;
  }
}
