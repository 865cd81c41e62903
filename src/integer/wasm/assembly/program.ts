// A network is a list of steps in memory; every thread walks along it and does its part of each.
// Compiled by scripts/compile-kernels.ts, with and without relaxed SIMD, for memory that is shared and that is not.
import { averagePool } from './averagePool';
import { runImages } from './batch';
import { conv } from './conv';
import { depthwise } from './depthwise';
import { frame } from './frame';
import { pixels, quantize } from './input';
export { centre, channelSums, extremes, packDot, packLookUp, sumsFit } from './pack';
import { add, average, maxPool } from './pointwise';
import { round } from './round';
import { ADD, AVERAGE, AVERAGE_POOL, CONV, DEPTHWISE, KIND, MAX_POOL, PIXELS, QUANTIZE, ROUND, STEP_BYTES, word } from './step';
import { arrive, awaitCommand, command, WHOLE_IMAGES } from './threads';

function perform(step: usize, thread: i32, threads: i32): void {
  if (thread == threads - 1) frame(step);
  const kind = word(step, KIND);
  if (kind == CONV) conv(step, thread, threads);
  else if (kind == ADD) add(step, thread, threads);
  else if (kind == QUANTIZE) quantize(step, thread, threads);
  else if (kind == PIXELS) pixels(step, thread, threads);
  else if (kind == MAX_POOL) maxPool(step, thread, threads);
  else if (kind == AVERAGE) average(step, thread, threads);
  else if (kind == ROUND) round(step, thread, threads);
  else if (kind == DEPTHWISE) depthwise(step, thread, threads);
  else if (kind == AVERAGE_POOL) averagePool(step, thread, threads);
}

function walk(steps: usize, first: i32, last: i32, thread: i32, threads: i32, sync: usize): void {
  for (let i = first; i < last; i++) {
    perform(steps + <usize>i * STEP_BYTES, thread, threads);
    if (ASC_FEATURE_THREADS) if (threads > 1) arrive(sync, threads);
  }
}

/** Steps [first, last); with helpers, which then do their part. */
export function run(steps: usize, first: i32, last: i32, threads: i32, sync: usize): void {
  if (ASC_FEATURE_THREADS) if (threads > 1) command(sync, steps, first, last);
  walk(steps, first, last, 0, threads, sync);
}

/** A batch of whole images, each in one thread (batch.ts). */
export function runBatch(batch: usize, threads: i32, sync: usize): void {
  if (ASC_FEATURE_THREADS) if (threads > 1) command(sync, batch, WHOLE_IMAGES, 0);
  runImages(batch, 0, perform);
  if (ASC_FEATURE_THREADS) if (threads > 1) arrive(sync, threads);
}

/** A helper's life: does its part of every command until it is told to end. */
export function help(thread: i32, threads: i32, sync: usize): void {
  if (!ASC_FEATURE_THREADS) return;
  let seen = 0;
  for (;;) {
    seen = awaitCommand(sync, seen);
    const steps = <usize>load<u32>(sync, 12);
    if (!steps) return;
    const first = load<i32>(sync, 16);
    if (first == WHOLE_IMAGES) {
      runImages(steps, thread, perform);
      arrive(sync, threads);
    } else walk(steps, first, load<i32>(sync, 20), thread, threads, sync);
  }
}

/**
 * weight * code, four times over, as the relaxed dot product has it: from 128 on the standard leaves open how a code is read.
 * Numbers from outside, because a compiler that knew them would answer for itself.
 */
export function dot32(weight: i32, code: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 0;
  return i32x4.extract_lane(i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(<i8>weight), i8x16.splat(<i8>code), i32x4.splat(0)), 0);
}

/** The same twice over, in int16. */
export function dot16(weight: i32, code: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 0;
  return i16x8.extract_lane_s(v128.relaxed_dot<i16>(i8x16.splat(<i8>weight), i8x16.splat(<i8>code)), 0);
}
