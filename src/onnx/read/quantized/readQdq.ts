/** A QDQ file written here, back to the very QuantizedModel. */
import { RELU } from '../../../graph/activations.ts';
import { elementCount } from '../../../graph/arrays.ts';
import { lookUp } from '../../../base/lookUp.ts';
import { sharesGrid } from '../../../graph/grids.ts';
import { inferShapes, inputsOf, isWeighted, nodeArrays } from '../../../graph/shapes.ts';
import { INPUT } from '../../../graph/types.ts';
import type { Activation, Graph, GraphNode, Kind, TensorName, WeightedNode } from '../../../graph/types.ts';
import { parseScheme, qRange, weightBitsOf } from '../../../quant/schemes.ts';
import { outputGrid } from '../../../quant/outputGrid.ts';
import { BITS } from '../../../quant/types.ts';
import type { ActivationParams, Bits, QuantizedModel, QuantizedWeights, QuantScheme } from '../../../quant/types.ts';
import { constantsOf } from '../constants.ts';
import type { Constants } from '../constants.ts';
import { kernelLayout, kindOf, onnxOperator } from '../../operators.ts';
import type { OnnxFile, OnnxNode } from '../parse.ts';
import { classesIn, describeNode, inputShapeOf, json, namesIn, normalizationIn, writtenBefore } from '../readers.ts';
import { BOUNDED, WITHOUT_RELU } from '../../signature.ts';
import { requireScales, requireZeroPoints } from '../scales.ts';

/** A DequantizeLinear of constants: names of the codes, scale and zero point. */
type DequantizedConstant = { readonly codes: string; readonly scale: string; readonly zeroPoint: string | undefined };

/** What a file says of a layer whose activation has a bound: its Clip says the bound's code alone. */
type Bounded = { readonly max: number; readonly bits: Bits };

type Reading = {
  readonly constants: Constants;
  readonly withoutRelu: ReadonlySet<TensorName>;
  readonly bounded: ReadonlyMap<TensorName, Bounded>;
  readonly nodes: GraphNode[];
  readonly activations: Map<TensorName, ActivationParams>;
  /** Which of the graph's tensors an ONNX tensor holds, in real numbers or codes. */
  readonly values: Map<string, TensorName>;
  readonly dequantized: Map<string, DequantizedConstant>;
  /** The operands of each layer's weights and bias. */
  readonly operands: Map<TensorName, { readonly weight: DequantizedConstant; readonly bias: DequantizedConstant }>;
};

/** @throws Error naming the operator, tensor or layer that is not as the writer makes it */
export function readQdq(file: OnnxFile): QuantizedModel {
  const scheme = schemeOf(file);
  const reading: Reading = {
    constants: constantsOf(file),
    withoutRelu: namesIn(file, WITHOUT_RELU),
    bounded: boundedIn(file),
    nodes: [],
    activations: new Map(),
    values: new Map([[file.input.name, INPUT]]),
    dequantized: new Map(),
    operands: new Map(),
  };
  const inputShape = inputShapeOf(file, undefined);
  for (const node of file.nodes) readNode(reading, node);
  const graph: Graph = { name: file.graphName, inputShape, nodes: reading.nodes };
  inferShapes(graph);
  const last = graph.nodes.at(-1);
  if (last?.kind !== 'linear' || reading.values.get(file.output) !== last.name)
    throw new Error(`its output ${file.output} is not what a Gemm at its end gives.`);
  const classes = classesIn(file, last.outFeatures);
  const normalization = normalizationIn(file, inputShape[2]);
  if (!classes || !normalization) throw new Error('its metadata lacks the class names or the normalization.');
  for (const tensor of [INPUT, ...graph.nodes.slice(0, -1).map(({ name }) => name)])
    lookUp(reading.activations, tensor, 'quantizer');
  const weights = new Map(
    graph.nodes.filter(isWeighted).map((node) => [node.name, readWeights(reading, graph, scheme, node)] as const),
  );
  return { graph, scheme, normalization, classes, activations: reading.activations, weights };
}

function schemeOf({ metadata, fileName }: OnnxFile): QuantScheme {
  const scheme = json(metadata, 'scheme', fileName);
  if (scheme === undefined)
    throw new Error(
      'QuantizeLinear cannot be imported, unless the file was written by Fewbit: it has no scheme in its metadata.',
    );
  return parseScheme(scheme);
}

function boundedIn({ metadata, fileName }: OnnxFile): ReadonlyMap<TensorName, Bounded> {
  const found = json(metadata, BOUNDED, fileName) ?? {};
  const isBounded = (value: unknown): value is Bounded => {
    const { max, bits } = (value ?? {}) as Partial<Record<keyof Bounded, unknown>>;
    return typeof max === 'number' && BITS.some((each) => each === bits);
  };
  const entries = typeof found === 'object' && found !== null ? Object.entries(found) : [['', null] as const];
  return new Map(
    entries.map(([name, value]) => {
      if (!isBounded(value)) throw new Error(`its metadata's ${BOUNDED} must be a max and bits of each layer.`);
      return [name, value];
    }),
  );
}

function readNode(reading: Reading, node: OnnxNode): void {
  const { constants, dequantized } = reading;
  const present = node.inputs.filter((name) => name !== '');
  if (present.every(constants.has)) {
    if (node.opType !== 'DequantizeLinear') return constants.compute(node);
    const [codes, scale, zeroPoint] = node.inputs;
    return void dequantized.set(node.outputs[0], { codes, scale, zeroPoint });
  }
  const kind = kindOf(node.opType);
  if (kind) return void reading.values.set(node.outputs[0], readLayer(reading, node, kind));
  if (!Object.hasOwn(OPERATORS, node.opType))
    throw new Error(`${describeNode(node)} cannot be imported: Fewbit's own quantized files have no such operator.`);
  reading.values.set(node.outputs[0], OPERATORS[node.opType](reading, node));
}

/** What is no node of the graph: each answers which of the graph's tensors its output holds. */
const OPERATORS: Readonly<Record<string, (reading: Reading, node: OnnxNode) => TensorName>> = {
  QuantizeLinear(reading, node) {
    const { constants, nodes, values, activations } = reading;
    const tensor = writtenBefore(values, node.inputs[0], node);
    const { scale, zeroPoint } = gridOf(constants, node);
    const source = nodes.find(({ name }) => name === tensor);
    // What keeps its input's grid keeps its bits, too: no Clip follows it.
    const pooled =
      source && sharesGrid(source)
        ? lookUp(activations, inputsOf(source)[0], 'grid')
        : { qmin: 0, qmax: 255, bits: 8 as const };
    activations.set(tensor, { ...pooled, scale, zeroPoint });
    if (source?.kind === 'linear') activate(nodes, tensor, activationIn(reading, tensor));
    return tensor;
  },

  /** Of logits it is an activation: all else is codes by then. */
  Relu({ nodes, values }, node) {
    const tensor = writtenBefore(values, node.inputs[0], node);
    activate(nodes, tensor, RELU);
    return tensor;
  },

  Clip({ constants, values, activations, nodes, bounded }, node) {
    const tensor = writtenBefore(values, node.inputs[0], node);
    const [qmax] = constants.get(node.inputs[2] ?? '').data;
    if (nodes.at(-1)?.name === tensor && !activations.has(tensor)) {
      activate(nodes, tensor, { max: Number(qmax) });
      return tensor;
    }
    const known = bounded.get(tensor);
    if (known) {
      const grid = { ...lookUp(activations, tensor, 'grid'), qmax: 2 ** known.bits - 1, bits: known.bits };
      if (outputGrid(tensor, grid, known).qmax !== qmax)
        throw new Error(`${describeNode(node)} clips at ${qmax}, which is not the code of ${known.max}.`);
      activations.set(tensor, grid);
      return tensor;
    }
    const bits = BITS.find((each) => 2 ** each - 1 === qmax);
    if (!bits) throw new Error(`${describeNode(node)} clips at ${qmax}, which is the top of no bitwidth.`);
    const grid = lookUp(activations, tensor, 'grid');
    requireZeroPoints(`The grid of ${tensor}`, [grid.zeroPoint], 0, 2 ** bits - 1);
    activations.set(tensor, { ...grid, qmax: 2 ** bits - 1, bits });
    return tensor;
  },

  DequantizeLinear({ constants, values, activations }, node) {
    const tensor = writtenBefore(values, node.inputs[0], node);
    const { scale, zeroPoint } = gridOf(constants, node);
    const grid = lookUp(activations, tensor, 'grid');
    if (scale !== grid.scale || zeroPoint !== grid.zeroPoint)
      throw new Error(`${describeNode(node)} has another grid than what it reads.`);
    return tensor;
  },

  Flatten: ({ values }, node) => writtenBefore(values, node.inputs[0], node),
};

/** An operator that is a node of the graph by itself. */
function readLayer(reading: Reading, node: OnnxNode, kind: Kind): TensorName {
  const operator = onnxOperator(kind);
  const weighted = operator.kernel !== null;
  const inputs = (weighted ? node.inputs.slice(0, 1) : node.inputs).map((name) =>
    writtenBefore(reading.values, name, node),
  );
  if (weighted) addOperands(reading, node);
  const { name } = node;
  const weights = weighted ? codesOf(reading, name).shape : [];
  // A dense layer may be the classifier: it has none, unless a quantizer or an activation follows.
  const activation = kind === 'linear' ? null : activationIn(reading, name);
  reading.nodes.push(operator.read(node, { name, inputs, weights, bias: weighted, activation }));
  return name;
}

/** What stands behind a layer with a grid. */
const activationIn = ({ withoutRelu, bounded }: Reading, name: TensorName): Activation | null =>
  withoutRelu.has(name) ? null : { max: bounded.get(name)?.max ?? null };

function activate(nodes: GraphNode[], tensor: TensorName, activation: Activation | null): void {
  const index = nodes.findIndex(({ name }) => name === tensor);
  const node = nodes[index];
  if (node?.kind !== 'linear') throw new Error(`${tensor} has an activation, and is no dense layer.`);
  nodes[index] = { ...node, activation };
}

/** @throws Error naming the constant that makes no grid */
function gridOf(constants: Constants, { inputs }: OnnxNode): { scale: number; zeroPoint: number } {
  const [scale] = requireScales(inputs[1], constants.get(inputs[1]).data);
  const zeroPoint = Number(constants.get(inputs[2]).data[0]);
  requireZeroPoints(inputs[2], [zeroPoint], 0, 255);
  return { scale, zeroPoint };
}

/** Notes where a layer's weights and bias are. */
function addOperands({ dequantized, operands }: Reading, node: OnnxNode): void {
  const [weight, bias] = [1, 2].map((index) => writtenBefore(dequantized, node.inputs[index] ?? '', node));
  operands.set(node.name, { weight, bias });
}

function codesOf(
  { operands, constants }: Reading,
  layer: TensorName,
): { readonly shape: readonly number[]; readonly codes: Int8Array | Uint8Array } {
  const { shape, data } = constants.get(lookUp(operands, layer, 'weights').weight.codes);
  if (!(data instanceof Int8Array || data instanceof Uint8Array))
    throw new Error(`${layer}: its weights are no 8-bit integers.`);
  return { shape, codes: data };
}

function readWeights(reading: Reading, graph: Graph, scheme: QuantScheme, node: WeightedNode): QuantizedWeights {
  const { constants, operands } = reading;
  const { weight, bias } = lookUp(operands, node.name, 'weights');
  const { shape, codes } = codesOf(reading, node.name);
  const [kernel] = nodeArrays(node).values();
  if (elementCount(kernel) !== codes.length || kernel.length !== shape.length)
    throw new Error(`${node.name} has weights [${shape}], and needs [${kernel}].`);
  const bits = weightBitsOf(scheme, graph, node);
  const { qmin, qmax } = qRange(bits, codes instanceof Int8Array);
  const outside = codes.find((code) => code < qmin || code > qmax);
  if (outside !== undefined) throw new Error(`${node.name} has the code ${outside}, which is not one of ${bits} bits.`);
  const channels = kernel[kernel.length - 1];
  const scale = constants.get(weight.scale).data;
  const zeroPoint = weight.zeroPoint === undefined ? [] : Array.from(constants.get(weight.zeroPoint).data, Number);
  const biasData = constants.get(bias.codes).data;
  if (!(scale instanceof Float32Array) || !(biasData instanceof Int32Array) || biasData.length !== channels) {
    throw new Error(`${node.name} must have scales in float32 and ${channels} biases in int32.`);
  }
  requireScales(weight.scale, scale);
  if ((scale.length !== 1 && scale.length !== channels) || zeroPoint.length !== scale.length) {
    throw new Error(
      `${node.name} has ${scale.length} scales and ${zeroPoint.length} zero points for ${channels} channels.`,
    );
  }
  requireZeroPoints(weight.zeroPoint ?? weight.scale, zeroPoint, qmin, qmax);
  return {
    bits,
    shape: kernel,
    codes: kernelLayout(node).fromOnnx(codes, shape),
    qmin,
    qmax,
    scale,
    zeroPoint: Int32Array.from(zeroPoint),
    bias: biasData,
  };
}
