import { DomainError } from '@serendip/shared-errors';
import { fileName } from './manifest.js';

/** The largest file of a bundle. */
export const MOST_FILE_BYTES = 2 ** 30;

export const MANIFEST = 'model.yaml';

const EXPORT_ONNX = 'export the model to ONNX (skl2onnx, onnxmltools or torch.onnx.export write it in one line) and push that';

/** Formats that run code, or may, when they are opened; by the endings of names. */
const CODE: readonly { readonly what: string; readonly endings: readonly string[]; readonly instead: string }[] = [
  { what: 'a pickle, which runs code when it is opened', endings: ['.pkl', '.pickle', '.joblib', '.dill', '.cloudpickle'], instead: EXPORT_ONNX },
  { what: 'a PyTorch checkpoint, which is a pickle', endings: ['.pt', '.pth', '.ckpt'], instead: 'export the model with torch.onnx.export and push that' },
  { what: 'a Keras file, whose Lambda layers are code', endings: ['.h5', '.hdf5', '.keras'], instead: 'export the model to ONNX with tf2onnx, or with model.export() to a SavedModel' },
  { what: 'a description of Keras layers, whose Lambda layers are code', endings: ['keras_metadata.pb'], instead: 'leave it out, or write the model with model.export(), which makes none' },
  { what: 'an archive', endings: ['.zip', '.tar', '.gz', '.tgz', '.bz2', '.xz', '.zst', '.7z', '.npz', '.mar', '.jar', '.whl'], instead: 'push the files in it, each by itself' },
  { what: 'a program', endings: ['.py', '.pyc', '.so', '.dll', '.dylib', '.exe', '.sh', '.js', '.mjs', '.cjs', '.wasm', '.node', '.class', '.r', '.rds', '.rdata'], instead: 'a bundle holds models and tables only: leave it out' },
];

interface Magic {
  readonly what: string;
  readonly at: number;
  readonly bytes: readonly number[];
  readonly instead: string;
}

const ascii = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];

/** The same by what files begin with, whatever their name. */
const MAGIC: readonly Magic[] = [
  ...[2, 3, 4, 5].map((protocol) => ({ what: 'a pickle, which runs code when it is opened', at: 0, bytes: [0x80, protocol, ...(protocol >= 4 ? [0x95] : [])], instead: EXPORT_ONNX })),
  { what: 'a Keras or HDF5 file, whose Lambda layers are code', at: 0, bytes: ascii('\x89HDF\r\n\x1a\n'), instead: 'export the model to ONNX with tf2onnx, or with model.export() to a SavedModel' },
  { what: 'a zip archive (PyTorch and Keras write such files)', at: 0, bytes: ascii('PK\x03\x04'), instead: EXPORT_ONNX },
  { what: 'a gzip archive', at: 0, bytes: [0x1f, 0x8b], instead: 'push the files in it, each by itself' },
  { what: 'a tar archive', at: 257, bytes: ascii('ustar'), instead: 'push the files in it, each by itself' },
  { what: 'a program', at: 0, bytes: ascii('\x7fELF'), instead: 'a bundle holds models and tables only: leave it out' },
  { what: 'a program', at: 0, bytes: ascii('#!'), instead: 'a bundle holds models and tables only: leave it out' },
  { what: 'a program', at: 0, bytes: ascii('MZ'), instead: 'a bundle holds models and tables only: leave it out' },
];

/** So many bytes of a file's beginning tell what it is. */
export const HEAD_BYTES = 512;

/** Throws INVALID_ARGUMENT/BUNDLE_FILE_INVALID for a name that is none of a bundle's files, or too large a file. */
export function checkFile(name: string, bytes: number): void {
  const refuse = (why: string): never => { throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_FILE_INVALID', `'${name.slice(0, 100)}' ${why}.`); };
  if (!fileName.test(name) || name === MANIFEST) refuse('is no file name of a bundle: lower-case letters, digits and _.- without folders, at most 100');
  if (bytes > MOST_FILE_BYTES) refuse(`has more than ${MOST_FILE_BYTES} bytes`);
}

/** Throws INVALID_ARGUMENT/BUNDLE_CODE_REFUSED, with what to do instead, for a file in a format that runs code. `head` is its beginning, at least 512 bytes of what it has. */
export function refuseCode(name: string, head: Uint8Array): void {
  const refuse = ({ what, instead }: { readonly what: string; readonly instead: string }): never => {
    throw new DomainError('INVALID_ARGUMENT', 'BUNDLE_CODE_REFUSED', `'${name}' is ${what}: ${instead}.`);
  };
  const byName = CODE.find(({ endings }) => endings.some((ending) => name.toLowerCase().endsWith(ending)));
  if (byName !== undefined) refuse(byName);
  const byContent = MAGIC.find(({ at, bytes }) => bytes.every((byte, i) => head[at + i] === byte));
  if (byContent !== undefined) refuse(byContent);
}
