/** A small residual network whose pool, flatten and classifier are spelled as a test wants, for the readers of other tools' files. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, OperatorSetIdProtoSchema, TensorProto_DataType as DataType } from 'onnx-buf';
import type { ModelProto } from 'onnx-buf';
import { normal, seededRandom } from '../../base/random.ts';
import { addConstant, addNode, newOnnxBuilder, serializeModel, valueInfo } from '../write/builder.ts';
import type { Attributes, OnnxBuilder } from '../write/builder.ts';

export const SIDE = 8;
export const CHANNELS = 6;
export const CLASSES = 5;

/** Adds operators and constants to a file; each answers the name of what it adds. */
export type Pen = {
  readonly builder: OnnxBuilder;
  readonly op: (opType: string, inputs: readonly string[], attributes?: Attributes, name?: string) => string;
  readonly floats: (shape: readonly number[], values?: readonly number[]) => string;
  readonly ints: (...values: readonly number[]) => string;
  readonly index: (value: number) => string;
};

export type Spelling = {
  /** From the image [N, 6, 8, 8] to the logits [N, 5]. */
  readonly tail: (pen: Pen, image: string) => string;
  /** From the file's input to what the first convolution reads. */
  readonly head?: (pen: Pen, input: string) => string;
  /** From [N, 3, 8, 8] to [N, 6, 8, 8], instead of one convolution with a ReLU. */
  readonly body?: (pen: Pen, input: string) => string;
  readonly opset?: number;
  readonly batch?: number | string;
  readonly dims?: readonly number[];
  readonly names?: { readonly input: string; readonly output: string };
  /** More outputs than the logits. */
  readonly others?: readonly { readonly name: string; readonly first: boolean }[];
};

export function pen(): Pen {
  const builder = newOnnxBuilder();
  const random = seededRandom(3);
  let count = 0;
  const fresh = (what: string): string => `/${what} ${count++}::out`;
  return {
    builder,
    op: (opType, inputs, attributes = {}, name = '') =>
      addNode(builder, opType, inputs, fresh(opType), attributes, name),
    floats(shape, values) {
      const size = shape.reduce((a, b) => a * b, 1);
      const data = values ? Float32Array.from(values) : Float32Array.from({ length: size }, () => 0.3 * normal(random));
      return addConstant(builder, fresh('floats'), shape, data);
    },
    ints: (...values) =>
      addConstant(
        builder,
        fresh('ints'),
        [values.length],
        BigInt64Array.from(values, (each) => BigInt(each)),
      ),
    index: (value) => addConstant(builder, fresh('index'), [], BigInt64Array.of(BigInt(value))),
  };
}

const conv = ({ op, floats }: Pen, input: string): string =>
  op('Relu', [op('Conv', [input, floats([CHANNELS, 3, 3, 3]), floats([CHANNELS])], { pads: [1, 1, 1, 1] })]);

export function spelled({
  tail,
  head = (_, input) => input,
  body = conv,
  opset = 13,
  batch = 'batch',
  dims = [3, SIDE, SIDE],
  names = { input: 'x', output: 'logits' },
  others = [],
}: Spelling): Uint8Array {
  const writer = pen();
  const logits = tail(writer, body(writer, head(writer, names.input)));
  addNode(writer.builder, 'Identity', [logits], names.output);
  const output = valueInfo(names.output, DataType.FLOAT, [batch, CLASSES]);
  const [before, after] = [true, false].map((first) =>
    others.filter((each) => each.first === first).map(({ name }) => valueInfo(name, DataType.FLOAT, [])),
  );
  const bytes = serializeModel(
    writer.builder,
    'main graph',
    [valueInfo(names.input, DataType.FLOAT, [batch, ...dims])],
    [...before, output, ...after],
    {},
  );
  return changedModel(bytes, (model) => {
    model.producerName = 'a test';
    model.irVersion = 8n;
    model.opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(opset) })];
    for (const each of model.graph?.output ?? []) if (each.name !== names.output) each.type = undefined;
  });
}

/** A file after a change to its message. */
export function changedModel(bytes: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes.slice());
  change(model);
  return toBinary(ModelProtoSchema, model);
}

export const linear = ({ op, floats }: Pen, flat: string): string =>
  op('Gemm', [flat, floats([CLASSES, CHANNELS]), floats([CLASSES])], { transB: 1 });
