/** Layers whose weights and outputs lie on grids while they train: a convolution with its batch norm folded, a dense one. */
import * as tf from '@tensorflow/tfjs';
import { lookUp } from '../../base/lookUp.ts';
import type { Activation, Padding } from '../../graph/types.ts';
import { windowCounts } from '../../graph/window.ts';
import { qRange } from '../../quant/schemes.ts';
import type { Bits, Granularity } from '../../quant/types.ts';
import { activate, capped } from './activate.ts';
import { batchNormTrain, STATISTICS_MOMENTUM, updateRunning } from './batchNorm.ts';
import { detached, gridOf, onBiasGrid } from './biasGrid.ts';
import { biasRelu } from './biasRelu.ts';
import { featuresOf, gridConfigDict, gridQuantizer, type GridConfig } from './fakeQuantize.ts';
import { convolve } from './forward.ts';
import { createQuantizer, type Quantizer, type RangeRule } from './quantizer.ts';
import { LEAST_STEP } from './steps.ts';

/** How weights are quantized. JSON-serializable: it is part of a layer's config. */
export type WeightGridConfig = {
  readonly bits: Bits;
  /** One step for each output channel (default), or one for the tensor. */
  readonly granularity?: Granularity;
  /** Signed with zero point 0 (default), or affine. */
  readonly symmetric?: boolean;
  /** 'learned' (default): LSQ; 'minmax': over the weights of the moment; 'fixed': as given. */
  readonly ranges?: Exclude<RangeRule, 'ema'>;
  /** The steps to start from, in units of the kernel that `gridFactor` multiplies; else 2 mean|w| / sqrt(qmax). */
  readonly start?: { readonly scale: readonly number[]; readonly zeroPoint: readonly number[] };
};

type Common = {
  readonly name?: string;
  readonly weights: WeightGridConfig;
  /** The grid of the layer's output; null: it stays real. */
  readonly outputs: GridConfig | null;
};

/** What QuantConv2D and QuantDense share: variables by name, a grid for the weights, a grid for the output. */
export abstract class QuantLayer extends tf.layers.Layer {
  /** Set by build, as `variables` is filled: kernel, bias or batch norm's four, and the grids'. */
  outputQuantizer: Quantizer | null = null;
  private grid: Quantizer | null = null;
  private inputQuantizer: Quantizer | null = null;
  readonly variables = new Map<string, tf.LayerVariable>();
  weightGrid: WeightGridConfig;
  readonly outputGrid: GridConfig | null;

  constructor({ name, weights, outputs }: Common) {
    super({ name });
    this.weightGrid = weights;
    this.outputGrid = outputs;
  }

  /** In a model the bias lies on the int32 grid of what the layer reads; applied to a plain tensor it stays real. */
  override apply(...args: Parameters<tf.layers.Layer['apply']>): ReturnType<tf.layers.Layer['apply']> {
    if (args[0] instanceof tf.SymbolicTensor) this.inputQuantizer = gridOf(args[0]);
    return super.apply(...args);
  }

  /** @throws before build */
  get weightQuantizer(): Quantizer {
    if (!this.grid) throw new Error(`${this.name}: apply the layer to its input first.`);
    return this.grid;
  }

  /** Changes the weights' bitwidth; their real range stays. */
  setWeightBits(bits: Bits): void {
    this.weightGrid = { ...this.weightGrid, bits };
    this.grid?.setBits(bits);
  }

  protected addVariables(
    shapes: Readonly<
      Record<string, { shape: number[]; initial: ReturnType<typeof tf.initializers.zeros>; trainable: boolean }>
    >,
  ): void {
    for (const [name, { shape, initial, trainable }] of Object.entries(shapes)) {
      this.variables.set(name, this.addWeight(name, shape, 'float32', initial, undefined, trainable));
    }
    const addVector = (name: string, length: number, trainable: boolean): tf.LayerVariable =>
      this.addWeight(name, [length], 'float32', tf.initializers.zeros(), undefined, trainable);
    const { bits, granularity = 'perChannel', symmetric = true, ranges = 'learned', start } = this.weightGrid;
    const kernel = shapes.kernel.shape;
    const groups = granularity === 'perChannel' ? kernel[kernel.length - 1] : 1;
    this.grid = createQuantizer(addVector, 'weight', { ...qRange(bits, symmetric), groups, ranges, start });
    this.outputQuantizer = this.outputGrid && gridQuantizer(this.outputGrid, addVector);
    for (const quantizer of [this.grid, this.outputQuantizer]) {
      for (const [name, variable] of quantizer?.variables ?? []) this.variables.set(name, variable);
    }
  }

  protected read<T extends tf.Tensor>(name: string): T {
    return lookUp(this.variables, name, 'variable').read() as T;
  }

  /** What the kernel is multiplied by before it is put on its grid; null: nothing. No gradient passes. */
  protected gridFactor(): tf.Tensor1D | null {
    return null;
  }

  /** The kernel in steps of its grid, zero point included, before rounding: a weight's code is the integer nearest. */
  latentCodes(): tf.Tensor {
    return tf.tidy(() => {
      const factor = this.gridFactor();
      const kernel = this.read('kernel');
      return (factor ? kernel.mul(factor) : kernel)
        .div(this.read('weightScale').maximum(LEAST_STEP))
        .add(this.read('weightZeroPoint'));
    });
  }

  /** The kernel on its grid, in its own units: quantize(kernel * factor) / factor. */
  protected quantizedKernel<T extends tf.Tensor>(training: boolean): T {
    const factor = this.gridFactor();
    const kernel = this.read<T>('kernel');
    const quantizer = this.weightQuantizer;
    const groups = this.read('weightScale').size;
    if (!factor) return quantizer.apply(kernel, kernel.size / groups, training);
    return quantizer.apply(kernel.mul<T>(factor), kernel.size / groups, training).div(factor);
  }

  /**
   * A bias [C] on the grid that it will have among integers.
   * @param slope what folding multiplies the weights' steps by, [C]; null: nothing
   */
  protected quantizedBias(bias: tf.Tensor1D, slope: tf.Tensor1D | null): tf.Tensor1D {
    const input = this.inputQuantizer;
    if (!input) return bias;
    const weights = this.weightQuantizer;
    return onBiasGrid(
      bias,
      detached(() => input.step().mul(slope ? weights.step().mul(slope) : weights.step())),
    );
  }

  protected onOutputGrid(y: tf.Tensor, training: boolean): tf.Tensor {
    return this.outputQuantizer ? this.outputQuantizer.apply(y, featuresOf(y), training) : y;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { start, ...weights } = this.weightGrid;
    return {
      ...super.getConfig(),
      weights: { ...weights, ...(start && { start: { scale: [...start.scale], zeroPoint: [...start.zeroPoint] } }) },
      outputs: this.outputGrid && gridConfigDict(this.outputGrid),
    };
  }
}

const ZEROS = tf.initializers.zeros();
const ONES = tf.initializers.ones();
const KERNEL = tf.initializers.heNormal({});

export type QuantConv2DConfig = Common & {
  readonly filters: number;
  readonly kernelSize: readonly [height: number, width: number];
  readonly strides?: number;
  /** Zeros around the image. */
  readonly padding?: Padding;
  readonly useBias?: boolean;
  /** 1 (default), or as many as there are channels: depthwise. */
  readonly groups?: number;
  /** A batch norm between the convolution and the activation, folded into the weights; null: none. */
  readonly batchNorm?: { readonly eps: number } | null;
  readonly activation?: Activation | null;
};

/** An activation as a layer's config keeps it. */
export const activationConfig = (activation: Activation | null): { max: number | null } | null =>
  activation && { ...activation };

/** Padding as a layer's config keeps it. */
export const paddingConfig = (padding: Padding): number | number[] =>
  typeof padding === 'number' ? padding : [...padding];

/** A channel whose gamma is nearly nothing is folded as if it were this. */
export const LEAST_FACTOR = 1e-12;

/**
 * Convolution with its batch norm folded in (running statistics), quantized weights, activation, quantized output:
 * [N, H, W, C] to [N, H', W', filters].
 *
 * With a = gamma / sqrt(variance + eps), inference and `frozen` training compute what integer hardware will:
 * conv(x, Q(w a)) + beta - mean a, the bias on its int32 grid. Training before that computes conv(x, Q(w a) / a) and gives it to an ordinary
 * batch norm with the batch's statistics, which equals the folded convolution rescaled by sigma_running / sigma_batch
 * (Krishnamoorthi 2018, 3.2.2). One step for each channel scales with its channel, so there a is only its sign.
 */
export class QuantConv2D extends QuantLayer {
  static readonly className = 'QuantConv2D';
  readonly conv: Required<Omit<QuantConv2DConfig, keyof Common>>;
  /** From here on the running statistics are used and kept, in training too. */
  frozen = false;
  /** Weight of the present batch in the running statistics. */
  statisticsMomentum = STATISTICS_MOMENTUM;

  constructor(config: QuantConv2DConfig) {
    super(config);
    const {
      filters,
      kernelSize,
      strides = 1,
      padding = 0,
      batchNorm = null,
      groups = 1,
      useBias = batchNorm === null,
      activation = null,
    } = config;
    this.conv = { filters, kernelSize, strides, padding, groups, batchNorm, useBias, activation };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const { filters, kernelSize, groups, useBias, batchNorm } = this.conv;
    const channels = inputShape[inputShape.length - 1] as number;
    const vector = (initial: typeof ZEROS, trainable: boolean) => ({ shape: [filters], initial, trainable });
    this.addVariables({
      kernel: { shape: [...kernelSize, channels / groups, filters], initial: KERNEL, trainable: true },
      ...(useBias && { bias: vector(ZEROS, true) }),
      ...(batchNorm && {
        gamma: vector(ONES, true),
        beta: vector(ZEROS, true),
        mean: vector(ZEROS, false),
        variance: vector(ONES, false),
      }),
    });
    super.build(inputShape);
  }

  /** a of the formulas above, [filters]. */
  private slope(eps: number): tf.Tensor1D {
    return this.read<tf.Tensor1D>('gamma').mul(this.read('variance').add(eps).rsqrt());
  }

  protected override gridFactor(): tf.Tensor1D | null {
    const { batchNorm } = this.conv;
    if (!batchNorm) return null;
    return detached(() => {
      const sign = this.read('gamma').less(0).cast('float32').mul(-2).add<tf.Tensor1D>(1);
      if (this.weightGrid.granularity !== 'perTensor') return sign;
      return this.slope(batchNorm.eps).abs().maximum(LEAST_FACTOR).mul<tf.Tensor1D>(sign);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const training = kwargs.training === true;
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
      const { strides: stride, padding, groups, batchNorm, useBias, activation } = this.conv;
      const window = { stride, padding, groups };
      const relu = activation !== null;
      const kernel = this.quantizedKernel<tf.Tensor4D>(training);
      const bias = useBias ? this.read<tf.Tensor1D>('bias') : null;
      if (!batchNorm) {
        const y = convolve(x, kernel, window);
        const real =
          bias || relu ? biasRelu(y, bias ? this.quantizedBias(bias, null) : tf.zeros([y.shape[3]]), relu) : y;
        return this.onOutputGrid(capped(real, activation), training);
      }
      if (training && !this.frozen) {
        const y = convolve(x, kernel, window);
        return this.onOutputGrid(this.normalized(bias ? y.add(bias) : y, batchNorm.eps), training);
      }
      const a = this.slope(batchNorm.eps);
      const [mean, beta] = [this.read<tf.Tensor1D>('mean'), this.read<tf.Tensor1D>('beta')];
      const shift = beta.sub<tf.Tensor1D>((bias ? mean.sub(bias) : mean).mul(a));
      const grid = this.weightGrid.granularity === 'perTensor' ? null : a.abs().maximum<tf.Tensor1D>(LEAST_FACTOR);
      const y = biasRelu(convolve(x, kernel.mul<tf.Tensor4D>(a), window), this.quantizedBias(shift, grid), relu);
      return this.onOutputGrid(capped(y, activation), training);
    });
  }

  private normalized(y: tf.Tensor4D, eps: number): tf.Tensor4D {
    const [gamma, beta, shift] = ['gamma', 'beta', 'mean'].map((name) => this.read<tf.Tensor1D>(name));
    const running = {
      mean: lookUp(this.variables, 'mean', 'variable'),
      variance: lookUp(this.variables, 'variance', 'variable'),
    };
    const { activation } = this.conv;
    const normalized = batchNormTrain(y, gamma, beta, shift, eps, activation !== null, (batch) => {
      updateRunning(running, batch, y.size / gamma.size, this.statisticsMomentum);
      tf.dispose([batch.mean, batch.variance]);
    });
    return capped(normalized, activation);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, height, width] = inputShape as number[];
    const { filters, kernelSize: kernel, strides: stride, padding } = this.conv;
    return [n, ...windowCounts({ kernel, stride, padding }, [height, width]), filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelSize, batchNorm, padding, activation, ...rest } = this.conv;
    return {
      ...super.getConfig(),
      ...rest,
      kernelSize: [...kernelSize],
      padding: paddingConfig(padding),
      batchNorm: batchNorm && { ...batchNorm },
      activation: activationConfig(activation),
    };
  }
}
tf.serialization.registerClass(QuantConv2D);

export type QuantDenseConfig = Common & {
  readonly units: number;
  readonly useBias?: boolean;
  readonly activation?: Activation | null;
};

/** Matrix product with quantized weights, a bias and an activation: [N, in] to [N, units]. */
export class QuantDense extends QuantLayer {
  static readonly className = 'QuantDense';
  readonly units: number;
  readonly useBias: boolean;
  readonly activation: Activation | null;

  constructor(config: QuantDenseConfig) {
    super(config);
    this.units = config.units;
    this.useBias = config.useBias ?? true;
    this.activation = config.activation ?? null;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    this.addVariables({
      kernel: { shape: [inputShape[inputShape.length - 1] as number, this.units], initial: KERNEL, trainable: true },
      ...(this.useBias && { bias: { shape: [this.units], initial: ZEROS, trainable: true } }),
    });
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const training = kwargs.training === true;
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
      const kernel = this.quantizedKernel<tf.Tensor2D>(training);
      const product = tf.matMul(x, kernel);
      const y = this.useBias ? product.add<tf.Tensor2D>(this.quantizedBias(this.read('bias'), null)) : product;
      return this.onOutputGrid(activate(y, this.activation), training);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [(inputShape as number[])[0], this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      units: this.units,
      useBias: this.useBias,
      activation: activationConfig(this.activation),
    };
  }
}
tf.serialization.registerClass(QuantDense);
