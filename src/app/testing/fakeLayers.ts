/** Answers about single layers for tests of the page: small, whole and made up. Never part of the page. */
import type {
  ClipCurve,
  FeatureMaps,
  LayerChannels,
  LayerInfo,
  Layers,
  NumberPath,
  SensitivityResult,
  Snap,
} from '../../contract/calls/inspect.ts';
import type { Calls } from '../../contract/calls/calls.ts';
import { BITS, type Bits } from '../../quant/types.ts';
import { openedWith, type Asked } from './fakeLab.ts';
import type { RunSettings } from '../../contract/run.ts';

const NAMES = ['conv1', 'layer1.0.conv1', 'layer1.0.conv2'] as const;

/** Three convolutions of 3x3x2 to 4 channels, an addition and a classifier; noisier the later they come. */
export function layersOf(settings: RunSettings): Layers {
  const bits = settings.scheme?.weightBits;
  const grid = (width: Bits) => ({ scale: 0.1, zeroPoint: 0, qmin: 0, qmax: 2 ** width - 1, bits: width });
  const noise = (at: number): LayerInfo['quantized'] =>
    bits
      ? {
          weightBits: bits,
          weightSqnr: 6 * bits - at,
          weightScales: [0.1, 0.2],
          activation: grid(bits),
          activationSqnr: 6 * bits + at,
        }
      : null;
  const convs = NAMES.map((name, i): LayerInfo => ({
    name,
    kind: 'conv',
    inputs: [i === 0 ? 'input' : NAMES[i - 1]],
    shape: [4, 4, 4],
    kernelShape: [3, 3, 2, 4],
    parameters: 72 + i,
    macs: 1152,
    quantized: noise(i),
  }));
  const add: LayerInfo = {
    name: 'layer1.0.add',
    kind: 'add',
    inputs: ['layer1.0.conv2', 'conv1'],
    shape: [4, 4, 4],
    kernelShape: null,
    parameters: 0,
    macs: 0,
    quantized: bits
      ? { weightBits: null, weightSqnr: null, weightScales: null, activation: grid(bits), activationSqnr: 20 }
      : null,
  };
  const fc: LayerInfo = {
    name: 'fc',
    kind: 'linear',
    inputs: ['avgpool'],
    shape: [10],
    kernelShape: [4, 10],
    parameters: 50,
    macs: 40,
    quantized: bits
      ? { weightBits: 8, weightSqnr: 45, weightScales: [0.1, 0.1], activation: null, activationSqnr: null }
      : null,
  };
  return { settings, layers: [...convs, add, fc] };
}

/** As many layers, of the same names, as a ResNet-50 has. */
export function manyLayersOf(settings: RunSettings): Layers {
  const { layers } = layersOf(settings);
  const [stem] = layers;
  const fc = layers[layers.length - 1];
  const names = [3, 4, 6, 3].flatMap((blocks, stage) =>
    Array.from({ length: blocks }, (_, block) =>
      ['conv1', 'conv2', 'conv3', ...(block === 0 ? ['downsample'] : [])].map(
        (name) => `layer${stage + 1}.${block}.${name}`,
      ),
    ).flat(),
  );
  return { settings, layers: [stem, ...names.map((name) => ({ ...stem, name })), fc] };
}

/** Weights -1, -0.5, 0, 0.5, 1 on symmetric grids of scale 1 / 2^(bits - 1): the greatest is clamped at every bitwidth. */
export function snapOf({ settings, layer, channel }: Calls['snap']['args']): Snap {
  const value = Float32Array.of(-1, -0.5, 0, 0.5, 1);
  const grids = BITS.map((bits) => {
    const half = 2 ** (bits - 1);
    const [qmin, qmax] = [bits === 8 ? 1 - half : -half, half - 1];
    const scale = 1 / half;
    const ratio = value.map((w) => w / scale);
    const code = Int32Array.from(ratio, (r) => Math.min(Math.max(Math.round(r), qmin), qmax));
    const spikes = new Uint32Array(qmax - qmin + 1);
    for (const q of code) spikes[q - qmin] += 20;
    const float = new Uint32Array(24).fill(4);
    return {
      bits,
      qmin,
      qmax,
      lo: -half - 0.5,
      hi: half + 0.5,
      float,
      spikes,
      first: qmin,
      clipped: 20,
      sqnr: 6 * bits,
      scales: [scale, scale] as const,
      ways: {
        scale: new Float32Array(5).fill(scale),
        zeroPoint: new Int32Array(5),
        ratio,
        rounded: ratio.map(Math.round),
        code,
        back: Float32Array.from(code, (q) => q * scale),
      },
    };
  });
  return {
    settings,
    layer,
    channel,
    channels: 4,
    count: 100,
    weights: { value, index: Uint32Array.of(0, 5, 10, 15, 19) },
    grids,
  };
}

/** Clipping 1, 0.9 .. 0.1 and rounding 0.01, 0.02 .. 0.1 times 4^(4 - bits), over thresholds 0.1 .. 1. */
export function clipOf({ settings, layer, of, channel }: Calls['clipCurve']['args']): ClipCurve {
  const steps = 10;
  const grids = BITS.map((bits) => {
    const unit = 4 ** (4 - bits);
    const clipping = Float64Array.from({ length: steps }, (_, i) => (1 - (i + 1) / steps) ** 4);
    const rounding = Float64Array.from({ length: steps }, (_, i) => 0.1 * unit * ((i + 1) / steps) ** 2);
    const at = (i: number) => ({
      lo: of === 'weights' ? -(i + 1) / steps : 0,
      hi: (i + 1) / steps,
      share: (i + 1) / steps,
      clipping: clipping[i],
      rounding: rounding[i],
    });
    return {
      bits,
      clipping,
      rounding,
      choices: [
        { method: 'minmax' as const, ...at(9) },
        { method: 'mse2' as const, ...at(5) },
      ],
    };
  });
  return {
    settings,
    layer,
    of,
    channel,
    channels: of === 'weights' ? 4 : 0,
    count: 72,
    symmetric: of === 'weights',
    lo: of === 'weights' ? -1 : 0,
    hi: 1,
    power: 1,
    histogram: new Float64Array(16).fill(4.5),
    grids,
  };
}

/** Equalized, all four reach as far. */
export const channelsOf = ({ settings, layer, equalized = false }: Calls['channels']['args']): LayerChannels => ({
  settings,
  layer,
  equalized,
  canBeEqualized: true,
  bits: settings.scheme?.weightBits ?? 8,
  qmin: -8,
  qmax: 7,
  lo: equalized ? new Float32Array(4).fill(-1) : Float32Array.of(-1, -0.5, -0.25, -2),
  hi: equalized ? new Float32Array(4).fill(1) : Float32Array.of(1, 0.5, 0.25, 2),
  scale: Float32Array.of(0.1, 0.05, 0.025, 0.2),
  zeroPoint: new Int32Array(4),
  sqnr: Float64Array.of(20, 21, 22, 19),
});

/** Four channels of 4x4; channel 2 is the noisiest, 9.5 dB. */
export function mapsOf({ settings, layer, image }: Calls['featureMaps']['args']): FeatureMaps {
  const float = Float32Array.from({ length: 64 }, (_, i) => i / 64);
  return {
    settings,
    layer,
    image,
    shape: [4, 4, 4],
    float,
    quantized: float.map((x, i) => x + (i % 4 === 2 ? 0.25 : 0.01)),
    sqnr: Float64Array.of(30, 31, 9.5, 32),
  };
}

/** 2 * 3 - 1 * 2 and a padding: 4; plus 6, times 0.25, rounded to even: 2; plus 1: code 3. */
export function pathOf(args: Calls['numberPath']['args']): NumberPath {
  const input = { scale: 0.5, zeroPoint: 1, qmin: 0, qmax: 15, bits: 4 as const };
  return {
    ...args,
    shape: [4, 4, 4],
    path: {
      kind: 'conv',
      layer: args.layer,
      place: args.place,
      inputs: [input],
      output: { ...input, scale: 0.25 },
      terms: {
        y: Int32Array.of(0, 1, -1),
        x: Int32Array.of(0, 1, 0),
        channel: Int32Array.of(0, 1, 0),
        inside: Uint8Array.of(1, 1, 0),
        code: Uint8Array.of(3, 0, 1),
        centred: Int16Array.of(2, -1, 0),
        weight: Int16Array.of(3, 2, 5),
        centredWeight: Int16Array.of(3, 2, 5),
        product: Int32Array.of(6, -2, 0),
      },
      sum: 4,
      bias: 6,
      accumulator: 10,
      weightScale: 0.125,
      weightZeroPoint: 0,
      multiplier: 0.25,
      scaled: 2.5,
      rounded: 2,
      shifted: 3,
      code: 3,
      real: 0.5,
    },
  };
}

export function sensitivityOf(settings: RunSettings): SensitivityResult {
  const effect = (divergence: number, top1: number) => ({ divergence, top1 });
  const layers = ['layer1.0.conv2', 'layer1.0.conv1', 'conv1', 'layer1.0.add', 'fc'].map((layer, i) => ({
    layer,
    parameters: 72,
    weightBits: 4 as const,
    activationBits: 4 as const,
    weightSqnr: 20 + i,
    activationSqnr: 25,
    kurtosis: 3,
    weights: effect(0.4 - i / 10, 0.8),
    activations: effect(0.01, 0.9),
    both: effect(0.4 - i / 10, 0.8 + i / 40),
  }));
  return {
    settings,
    engine: 'fewbit',
    device: openedWith(100).device,
    seconds: 12,
    images: settings.images,
    float: { top1: 0.9 },
    whole: effect(0.5, 0.7),
    layers,
    finding: 'layer1.0.conv2 alone costs 10.0 of the 20.0 points lost.',
  };
}

/** What a lab answers to a call about single layers; null: the call is about something else. */
export function layerAnswer({ kind, args }: Asked): Calls[Asked['kind']]['result'] | null {
  switch (kind) {
    case 'layers':
      return layersOf((args as Calls['layers']['args']).settings);
    case 'snap':
      return snapOf(args as Calls['snap']['args']);
    case 'clipCurve':
      return clipOf(args as Calls['clipCurve']['args']);
    case 'channels':
      return channelsOf(args as Calls['channels']['args']);
    case 'featureMaps':
      return mapsOf(args as Calls['featureMaps']['args']);
    case 'numberPath':
      return pathOf(args as Calls['numberPath']['args']);
    case 'sensitivity':
      return sensitivityOf(args as RunSettings);
    default:
      return null;
  }
}
