/** Checks of what a reader has accepted: it must be able to be true. */
import { distinctNames, hasUnseen } from '../../src/base/plainText.ts';
import type { FloatModel } from '../../src/graph/types.ts';
import { weightShapes } from '../../src/graph/shapes.ts';
import type { QuantizedModel } from '../../src/quant/types.ts';
import type { ImageManifest } from '../../src/data/store/imageStore.ts';
import type { Results } from '../../src/contract/runsFile.ts';
import { AcceptedFault } from './faults.ts';

function must(holds: boolean, what: string): void {
  if (!holds) throw new AcceptedFault(what);
}

function names(classes: readonly string[]): void {
  const plain = distinctNames(classes, (what) => new AcceptedFault(what));
  must(plain === classes, `names of classes with what cannot be seen: ${JSON.stringify(classes).slice(0, 200)}`);
}

function normalized({ mean, std }: FloatModel['normalization']): void {
  must([...mean, ...std].every(Number.isFinite) && std.every((each) => each > 0), `normalization ${mean} / ${std}`);
}

export function floatModel({ graph, weights, normalization, classes }: FloatModel): void {
  names(classes);
  normalized(normalization);
  for (const [name, shape] of weightShapes(graph)) {
    const array = weights.get(name);
    must(array !== undefined && array.shape.join() === shape.join(), `${name} is not [${shape}]`);
    must(array?.data.every(Number.isFinite) ?? false, `${name} holds what is no number`);
    if (name.endsWith('.variance')) must(array?.data.every((each) => each >= 0) ?? false, `${name} is below zero`);
  }
}

const isScale = (scale: number): boolean => scale >= 2 ** -126 && scale < Infinity;
const isCode = (zero: number, qmin: number, qmax: number): boolean =>
  Number.isInteger(zero) && zero >= qmin && zero <= qmax;

export function quantizedModel({ normalization, classes, activations, weights }: QuantizedModel): void {
  names(classes);
  normalized(normalization);
  for (const [name, { scale, zeroPoint, qmin, qmax }] of activations)
    must(isScale(scale) && isCode(zeroPoint, qmin, qmax), `${name} has the grid ${scale}, ${zeroPoint}`);
  for (const [name, { scale, zeroPoint, qmin, qmax, codes }] of weights) {
    must(scale.every(isScale), `${name} has the scales ${scale}`);
    must(
      zeroPoint.every((zero) => isCode(zero, qmin, qmax)),
      `${name} has the zero points ${zeroPoint}`,
    );
    must(
      codes.every((code) => code >= qmin && code <= qmax),
      `${name} has codes outside of its bits`,
    );
  }
}

export function manifest({ classes, images, counts }: ImageManifest): void {
  names(classes);
  for (const split of ['train', 'test'] as const)
    must(counts[split].reduce((sum, count) => sum + count, 0) === images[split], `${split} counts ${counts[split]}`);
}

export function results({ runs, scores }: Results): void {
  for (const { settings, top1, predictions } of [...runs, ...scores]) {
    must(predictions.length === settings.images, 'predictions are not as many as images');
    must(
      Math.abs(top1 * settings.images - Math.round(top1 * settings.images)) < 0.01,
      `top1 ${top1} of ${settings.images}`,
    );
    must(
      predictions.every((prediction) => prediction < 10_000),
      'a class beyond all',
    );
  }
  for (const { confidences, predictions, device } of runs) {
    must(confidences.length === predictions.length, 'confidences are not as many as predictions');
    must(!hasUnseen(device.description), 'a device with what cannot be seen');
  }
}

export function seen(what: string, text: string): void {
  must(!hasUnseen(text), `${what} with what cannot be seen`);
}
