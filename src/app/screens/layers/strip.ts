/** The strip's cells: which layers it shows, how they are called there, and which are the worst and the best. */
import type { LayerInfo } from '../../../contract/calls/inspect.ts';
import { bitsName } from '../../text/format.ts';
import { WORDS } from '../../words/words.ts';
import { decibels } from '../layer/numbers.ts';

export const NOISES = ['weights', 'activations'] as const;
export type Noise = (typeof NOISES)[number];

export type Cell = {
  readonly name: string;
  /** What is left of the name under its stage's heading. */
  readonly short: string;
  readonly bits: number;
  /** dB */
  readonly sqnr: number;
};

export type Stage = { readonly name: string; readonly cells: readonly Cell[] };

const ABBREVIATED: Readonly<Record<string, string>> = { downsample: 'down' };

/** Layers that have this noise, in the network's order. */
export function cellsOf(layers: readonly LayerInfo[], noise: Noise): readonly Cell[] {
  return layers.flatMap(({ name, quantized }) => {
    const [bits, sqnr] =
      noise === 'weights'
        ? [quantized?.weightBits, quantized?.weightSqnr]
        : [quantized?.activation?.bits, quantized?.activationSqnr];
    if (bits === undefined || bits === null || sqnr === undefined || sqnr === null) return [];
    const parts = name.split('.').map((part) => ABBREVIATED[part] ?? part);
    return [{ name, short: parts.length > 1 ? parts.slice(1).join('.') : name, bits, sqnr }];
  });
}

/** Cells that follow each other under one stage's name: "layer1.0.conv1" belongs to layer1. */
export function stagesOf(cells: readonly Cell[]): readonly Stage[] {
  const stages: { name: string; cells: Cell[] }[] = [];
  for (const cell of cells) {
    const [name] = cell.name.split('.');
    const last = stages.at(-1);
    if (last?.name === name) last.cells.push(cell);
    else stages.push({ name, cells: [cell] });
  }
  return stages;
}

/** Which layer is the noisiest and which the cleanest, each at its own bits; that all are alike, where they are. */
export function stripFinding(cells: readonly Cell[], noise: Noise): string {
  const words = WORDS.layers;
  const { worst, best } = extremes(cells);
  if (cells.length === 1) return words.stripOne(noise, worst.name, decibels(worst.sqnr));
  if (decibels(worst.sqnr) === decibels(best.sqnr)) return words.stripAlike(noise, decibels(worst.sqnr));
  return words.stripFinding(
    noise,
    worst.name,
    bitsName(worst.bits),
    decibels(worst.sqnr),
    best.name,
    bitsName(best.bits),
    decibels(best.sqnr),
  );
}

/** @param cells at least one */
export function extremes(cells: readonly Cell[]): { readonly worst: Cell; readonly best: Cell } {
  return {
    worst: cells.reduce((a, b) => (b.sqnr < a.sqnr ? b : a)),
    best: cells.reduce((a, b) => (b.sqnr > a.sqnr ? b : a)),
  };
}

/** Two bits' worth of noise: what is so much cleaner than the worst has the other end's colour. */
const SPAN_DB = 12;

/** 0 for the noisiest layer, 1 for one that is SPAN_DB cleaner or more. */
export const cleanness = (sqnr: number, worst: number): number => Math.min(Math.max((sqnr - worst) / SPAN_DB, 0), 1);
