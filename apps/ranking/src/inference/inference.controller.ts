import { Controller } from '@nestjs/common';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { Rpc, type Handlers } from '@serendip/platform-grpc';
import { inference } from '@serendip/shared-contracts';
import { bytesOf, float32sOf } from '@serendip/shared-layouts';
import { DATATYPE, INPUT, InferenceModels, OUTPUT, invalid, type InferenceInput } from './inference-models.js';
import { SERVER } from './server-metadata.js';

const SERVICE = inference.GRPCInferenceService;

/** The Open Inference Protocol over gRPC. */
@Controller()
export class InferenceController implements Handlers<typeof SERVICE> {
  constructor(private readonly models: InferenceModels, private readonly feed: CatalogueFeed) {}

  @Rpc(SERVICE, 'serverLive')
  async serverLive() {
    return { live: true };
  }

  @Rpc(SERVICE, 'serverReady')
  async serverReady() {
    return { ready: this.feed.status().ready };
  }

  @Rpc(SERVICE, 'modelReady')
  async modelReady({ name, version }: inference.ModelReadyRequest) {
    return { ready: this.models.isLoaded(name, version) };
  }

  @Rpc(SERVICE, 'serverMetadata')
  async serverMetadata() {
    return { ...SERVER, extensions: [] };
  }

  @Rpc(SERVICE, 'modelMetadata')
  async modelMetadata({ name, version }: inference.ModelMetadataRequest) {
    const { features, heads, versions, platform } = this.models.describe(name, version);
    const tensor = (tensorName: string, width: number) => [{ name: tensorName, datatype: DATATYPE, shape: [-1n, BigInt(width)] }];
    return { name, versions: [...versions], platform, inputs: tensor(INPUT, features), outputs: tensor(OUTPUT, heads.length) };
  }

  @Rpc(SERVICE, 'modelInfer')
  async modelInfer({ modelName, modelVersion, id, inputs, outputs, rawInputContents }: inference.ModelInferRequest) {
    const { version, shape, data } = await this.models.infer({
      model: modelName, version: modelVersion, inputs: inputs.map((input, i) => given(input, rawInputContents[i])), outputs: outputs.map(({ name }) => name),
    });
    return { modelName, modelVersion: version, id, outputs: [{ name: OUTPUT, datatype: DATATYPE, shape: shape.map(BigInt) }], rawOutputContents: [bytesOf(data)] };
  }
}

function given({ name, datatype, shape, contents }: inference.ModelInferRequest_InferInputTensor, raw: Uint8Array | undefined): InferenceInput {
  if (raw !== undefined && raw.length % Float32Array.BYTES_PER_ELEMENT !== 0) throw invalid(`the ${raw.length} bytes of '${name}' are no float32 numbers`);
  return { name, datatype, shape: shape.map(Number), data: raw === undefined ? Float32Array.from(contents?.fp32Contents ?? []) : float32sOf(raw) };
}
