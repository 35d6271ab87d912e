import type { MessageInitShape } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { UserStateResultSchema } from './generated/serendip/features/v1/feature_store_service_pb.js';

type Result = Required<Pick<MessageInitShape<typeof UserStateResultSchema>, 'status' | 'record' | 'ageMs' | 'mergedInto'>>;

/**
 * The bytes of a ReadUserStatesResponse, written by hand: it is on the way of every recommendation, its records are most of it, and `toBinary` copies each
 * of them four times.
 */
export function encodeUserStates(results: readonly Result[]): Buffer {
  const writer = new BinaryWriter();
  return Buffer.concat(results.flatMap(({ status, record, ageMs, mergedInto }) => {
    if (status !== 0) writer.tag(1, WireType.Varint).int32(status);
    if (record.length > 0) writer.tag(2, WireType.LengthDelimited).uint32(record.length);
    const before = writer.finish();
    if (!Object.is(ageMs, 0)) writer.tag(3, WireType.Bit64).double(ageMs);
    if (mergedInto !== '') writer.tag(4, WireType.LengthDelimited).string(mergedInto);
    const after = writer.finish();
    const head = writer.tag(1, WireType.LengthDelimited).uint32(before.length + record.length + after.length).finish();
    return [head, before, record, after];
  }));
}
