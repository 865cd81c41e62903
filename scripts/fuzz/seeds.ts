/** Small valid files of each kind, made here: what mutators begin with. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { encode as encodeJpeg } from 'jpeg-js';
import { ModelProtoSchema } from 'onnx-buf';
import { PNG } from 'pngjs';
import { RELU } from '../../src/graph/activations.ts';
import type { Graph } from '../../src/graph/types.ts';
import { initialWeights } from '../../src/graph/init.ts';
import { resnet } from '../../src/graph/networks/resnet.ts';
import { schemeFor } from '../../src/quant/schemes.ts';
import { writeFloatOnnx } from '../../src/onnx/write/float.ts';
import { writeQdqOnnx } from '../../src/onnx/write/qdq.ts';
import { seededFloatModel, withSeededWeights } from '../../src/onnx/testing/seededModel.ts';
import { writeModel } from '../../src/weights/model.ts';
import { teachable } from '../../src/weights/testing/teachable.ts';
import { packTfjs } from '../../src/weights/tfjs/container.ts';
import { noise } from '../../src/data/testing/noise.ts';
import type { Bytes } from '../../src/data/types.ts';

/** A file as bytes; or as a value that is changed first and encoded then, checksums and lengths right. */
export type Seed =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'tree';
      readonly tree: unknown;
      /** Parts keep their kind: the encoder takes no other. */
      readonly typed: boolean;
      readonly encode: (tree: never) => Uint8Array | Promise<Uint8Array>;
    };

export const bytesSeed = (bytes: Uint8Array): Seed => ({ kind: 'bytes', bytes });

export const treeSeed = <T>(tree: T, encode: (tree: T) => Uint8Array | Promise<Uint8Array>, typed = true): Seed => ({
  kind: 'tree',
  tree,
  typed,
  encode,
});

export const text = (content: string): Bytes => new TextEncoder().encode(content);
export const json = (value: unknown): Bytes => text(JSON.stringify(value) ?? '');

const conv = {
  kind: 'conv',
  kernel: [3, 3],
  stride: 1,
  padding: 1,
  inChannels: 3,
  outChannels: 3,
  groups: 1,
  bias: false,
  batchNorm: { eps: 1e-5 },
  activation: RELU,
} as const;

/** A network of a few hundred bytes that has a residual, a pool and a classifier. */
const TINY: Graph = {
  name: 'tiny',
  inputShape: [4, 4, 3],
  nodes: [
    { ...conv, name: 'a', input: 'input' },
    { ...conv, name: 'b', input: 'a', activation: null },
    { kind: 'add', name: 'sum', inputs: ['b', 'a'], activation: RELU },
    { kind: 'globalAvgPool', name: 'gap', input: 'sum' },
    { kind: 'linear', name: 'fc', input: 'gap', inFeatures: 3, outFeatures: 2, bias: true, activation: null },
  ],
};

const onnxFiles = (): readonly Uint8Array[] => [
  writeFloatOnnx(seededFloatModel(TINY)),
  writeQdqOnnx(withSeededWeights(TINY, schemeFor('2021', 5, 5))),
  writeQdqOnnx(withSeededWeights(TINY, schemeFor('modern', 4, 4))),
];

export const onnxSeeds = (): readonly Seed[] =>
  onnxFiles().flatMap((bytes) => [
    bytesSeed(bytes),
    treeSeed(fromBinary(ModelProtoSchema, bytes.slice()), (model) => toBinary(ModelProtoSchema, model)),
  ]);

type Safetensors = { readonly header: unknown; readonly data: Uint8Array };

function encodeSafetensors({ header, data }: Safetensors): Uint8Array {
  const head = json(header);
  const whole = new Uint8Array(8 + head.length + data.length);
  new DataView(whole.buffer).setBigUint64(0, BigInt(head.length), true);
  whole.set(head, 8);
  whole.set(data, 8 + head.length);
  return whole;
}

export function safetensorsOf(bytes: Uint8Array): Seed {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return treeSeed({ header, data: bytes.slice(8 + length) }, encodeSafetensors, false);
}

export function safetensorsSeeds(): readonly Seed[] {
  // A stage of 4 channels and one of 8: a few kilobytes.
  const graph = resnet({
    inputShape: [32, 32, 3],
    stem: { kernel: 3, stride: 1, channels: 4, pool: false },
    block: 'basic',
    bottleneckStride: 'v1.5',
    stages: [
      { depth: 1, width: 4, channels: 4, stride: 1 },
      { depth: 1, width: 8, channels: 8, stride: 2 },
    ],
    classes: 3,
  });
  const classes = Array.from({ length: 3 }, (_, i) => `class ${i}`);
  const normalization = { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] };
  const bytes = writeModel({ graph, weights: initialWeights(graph, 1), normalization, classes }, 'F16', {
    source: 'made for a test',
    licence: 'none',
  });
  return [bytesSeed(bytes), safetensorsOf(bytes)];
}

/** A layers model, its three files in one: as bytes, and as JSON, weights and metadata that are changed each. */
export function layersModelSeeds(): readonly Seed[] {
  const { json: model, shards, metadata, chosen } = teachable(['mug', 'plant', 'hand'], 8);
  const weights = shards.get('weights.bin') ?? new Uint8Array();
  const said: unknown = JSON.parse(new TextDecoder().decode(metadata ?? new Uint8Array()));
  const encode = (tree: {
    readonly model: unknown;
    readonly weights: Uint8Array;
    readonly said: unknown;
  }): Uint8Array =>
    packTfjs({
      model: json(tree.model),
      shards: new Map([['weights.bin', new Uint8Array(tree.weights)]]),
      metadata: tree.said === undefined ? null : json(tree.said),
      chosen,
    });
  const whole = { model, weights, said };
  return [
    bytesSeed(encode(whole)),
    treeSeed(model, (changed) => encode({ ...whole, model: changed }), false),
    treeSeed(weights, (changed) => encode({ ...whole, weights: changed })),
    treeSeed(said, (changed) => encode({ ...whole, said: changed }), false),
    treeSeed(whole, encode),
  ];
}

export function png(side: number, seed: number): Bytes {
  const picture = new PNG({ width: side, height: side });
  picture.data = Buffer.from(noise(4 * side * side, seed));
  return new Uint8Array(PNG.sync.write(picture));
}

export const jpeg = (side: number, seed: number): Bytes =>
  new Uint8Array(encodeJpeg({ data: noise(4 * side * side, seed), width: side, height: side }, 80).data);

/** The boxes of an AVIF as far as readers of its head look: ftyp, meta with a size (ispe), an empty mdat of 64-bit length. */
export function avif(): Bytes {
  const box = (name: string, ...parts: readonly Uint8Array[]): Uint8Array => {
    const body = parts.reduce((sum, part) => sum + part.length, 0);
    const bytes = new Uint8Array(8 + body);
    new DataView(bytes.buffer).setUint32(0, bytes.length);
    bytes.set(text(name), 4);
    let at = 8;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  };
  const size = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9);
  const long = Uint8Array.of(0, 0, 0, 1, ...text('mdat'), 0, 0, 0, 0, 0, 0, 0, 48, ...new Uint8Array(32));
  const boxes = [box('ftyp', text('avif'), new Uint8Array(4), text('avifmif1')), box('meta', box('ispe', size)), long];
  return Uint8Array.from(boxes.flatMap((each) => [...each]));
}

/** The head of a WebP of each of its three kinds; what follows is noise. */
export function webps(): readonly Uint8Array[] {
  const riff = (kind: string, body: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(20 + body.length);
    bytes.set(text('RIFF'), 0);
    bytes.set(text(`WEBP${kind}`), 8);
    bytes.set(body, 20);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, bytes.length - 8, true);
    view.setUint32(16, body.length, true);
    return bytes;
  };
  const body = noise(60, 3);
  const lossy = body.slice();
  lossy.set([0x9d, 0x01, 0x2a, 8, 0, 8, 0], 3);
  const lossless = body.slice();
  lossless.set([0x2f, 7, 0xc0, 1, 0], 0);
  return [riff('VP8 ', lossy), riff('VP8L', lossless), riff('VP8X', Uint8Array.of(0, 0, 0, 0, 7, 0, 0, 7, 0, 0))];
}
