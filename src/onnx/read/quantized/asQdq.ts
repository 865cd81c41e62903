/** Operators on codes (ONNX Runtime's QOperator format) as the same in real numbers between dequantizers and quantizers. */
import type { Attribute, OnnxFile, OnnxNode } from '../parse.ts';

const NO_ATTRIBUTES: ReadonlyMap<string, Attribute> = new Map();

/** Collects nodes; each call answers the name of what its node writes. */
type Writer = {
  readonly node: (
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes?: OnnxNode['attributes'],
    name?: string,
  ) => string;
};

type Rule = (node: OnnxNode, writer: Writer) => void;

/** Codes to real numbers, the output channel on `axis` of a constant. */
function real({ node }: Writer, name: string, [codes, scale, zero]: readonly string[], axis?: number): string {
  return node(
    'DequantizeLinear',
    [codes, scale, zero],
    name,
    axis === undefined ? NO_ATTRIBUTES : new Map([['axis', axis]]),
  );
}

/** int32 sums at the product of the two scales; '' where there are none. */
function realBias(
  { node }: Writer,
  output: string,
  bias: string | undefined,
  scales: readonly [string, string],
): string {
  if (!bias) return '';
  const scale = node('Mul', scales, `${output}.bias.scale`);
  return node('DequantizeLinear', [bias, scale], `${output}.bias.real`, new Map([['axis', 0]]));
}

/** By operator, its domain where it is none of ONNX's own. https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md */
const RULES: Readonly<Record<string, Rule>> = {
  QLinearConv({ name, inputs, outputs: [output], attributes }, writer) {
    const [x, xScale, xZero, w, wScale, wZero, yScale, yZero, bias] = inputs;
    const operands = [
      real(writer, `${output}.x`, [x, xScale, xZero]),
      real(writer, `${output}.w`, [w, wScale, wZero], 0),
      realBias(writer, output, bias, [xScale, wScale]),
    ];
    quantized(writer, { opType: 'Conv', name, attributes }, operands, output, [yScale, yZero]);
  },

  'com.microsoft.QLinearAdd'({ name, inputs, outputs: [output] }, writer) {
    const [a, aScale, aZero, b, bScale, bZero, scale, zero] = inputs;
    const terms = [real(writer, `${output}.a`, [a, aScale, aZero]), real(writer, `${output}.b`, [b, bScale, bZero])];
    quantized(writer, { opType: 'Add', name, attributes: NO_ATTRIBUTES }, terms, output, [scale, zero]);
  },

  'com.microsoft.QLinearGlobalAveragePool': pool('GlobalAveragePool'),
  'com.microsoft.QLinearAveragePool': pool('AveragePool'),

  'com.microsoft.QGemm'({ name, inputs, outputs: [output], attributes }, writer) {
    const [a, aScale, aZero, b, bScale, bZero, c, scale, zero] = inputs;
    const operands = [
      real(writer, `${output}.a`, [a, aScale, aZero]),
      real(writer, `${output}.b`, [b, bScale, bZero], attributes.get('transB') ? 0 : 1),
      realBias(writer, output, c, [aScale, bScale]),
    ];
    quantized(writer, { opType: 'Gemm', name, attributes }, operands, output, scale ? [scale, zero] : null);
  },

  QLinearMatMul({ name, inputs, outputs: [output] }, writer) {
    const [a, aScale, aZero, b, bScale, bZero, scale, zero] = inputs;
    const operands = [
      real(writer, `${output}.a`, [a, aScale, aZero]),
      real(writer, `${output}.b`, [b, bScale, bZero], 1),
    ];
    quantized(writer, { opType: 'MatMul', name, attributes: NO_ATTRIBUTES }, operands, output, [scale, zero]);
  },
};

function pool(opType: string): Rule {
  return ({ name, inputs: [x, xScale, xZero, scale, zero], outputs: [output], attributes }, writer) =>
    quantized(writer, { opType, name, attributes }, [real(writer, `${output}.x`, [x, xScale, xZero])], output, [
      scale,
      zero,
    ]);
}

function quantized(
  writer: Writer,
  { opType, name, attributes }: Pick<OnnxNode, 'opType' | 'name' | 'attributes'>,
  operands: readonly string[],
  output: string,
  grid: readonly [scale: string, zeroPoint: string] | null,
): void {
  const result = grid ? `${output}.real` : output;
  writer.node(opType, operands, result, attributes, name);
  if (grid) writer.node('QuantizeLinear', [result, ...grid], output);
}

/** Whether a file computes with codes of activations. */
export const isQuantizedFile = ({ nodes }: Pick<OnnxFile, 'nodes'>): boolean =>
  nodes.some(
    ({ opType }) => opType === 'QuantizeLinear' || opType === 'DynamicQuantizeLinear' || Object.hasOwn(RULES, opType),
  );

/** The file's nodes, each operator on codes as several. */
export function asQdq(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
  const result: OnnxNode[] = [];
  const writer: Writer = {
    node(opType, inputs, output, attributes = NO_ATTRIBUTES, name = '') {
      result.push({ opType, name, inputs, outputs: [output], attributes });
      return output;
    },
  };
  for (const node of nodes) {
    if (Object.hasOwn(RULES, node.opType)) RULES[node.opType](node, writer);
    else result.push(node);
  }
  return result;
}
