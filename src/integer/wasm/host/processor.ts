/** What this processor and engine offer: relaxed SIMD, shared memory, and how the relaxed dot product reads the eighth bit. */
import { RELAXED_PLAIN, RELAXED_SHARED, STANDARD_PLAIN, STANDARD_SHARED } from '../kernels.wasm.ts';

/**
 * The relaxed dot product leaves open what the top bit of its second operand means
 * (WebAssembly relaxed SIMD, i32x4.relaxed_dot_i8x16_i7x16_add_s). 'unsigned': a number up to 255, sums exact (VNNI).
 * 'saturating': the same, but two products are summed in int16, which saturates (x86 without VNNI). 'signed': ARM.
 */
export type EighthBit = 'unsigned' | 'saturating' | 'signed' | 'unknown';

/** What assembly/program.ts exports; its comments say what each does. */
export type Exports = {
  run(steps: number, first: number, last: number, threads: number, sync: number): void;
  runBatch(batch: number, threads: number, sync: number): void;
  help(thread: number, threads: number, sync: number): void;
  centre(codes: number, isSigned: boolean, zeros: number, rows: number, channels: number, out: number): void;
  extremes(values: number, count: number): number;
  channelSums(values: number, rows: number, channels: number, above: number, below: number): void;
  sumsFit(
    values: number,
    taps: number,
    width: number,
    inChannels: number,
    padded: number,
    channels: number,
    depth: number,
    bound: number,
    above: number,
    below: number,
  ): number;
  packDot(
    values: number,
    taps: number,
    width: number,
    inChannels: number,
    padded: number,
    channels: number,
    run: number,
    group: number,
    asWords: boolean,
    out: number,
  ): void;
  packLookUp(
    values: number,
    zeros: number,
    taps: number,
    width: number,
    inChannels: number,
    padded: number,
    channels: number,
    groups: number,
    out: number,
  ): void;
  dot32(weight: number, code: number): number;
  dot16(weight: number, code: number): number;
};

export type Flavour = { readonly relaxed: boolean; readonly shared: boolean };

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Compiled once each: what the engine has optimized stays so. */
const MODULES = new Map<string, WebAssembly.Module>();

export function moduleOf({ relaxed, shared }: Flavour): WebAssembly.Module {
  const base64 = relaxed ? (shared ? RELAXED_SHARED : RELAXED_PLAIN) : shared ? STANDARD_SHARED : STANDARD_PLAIN;
  const known = MODULES.get(base64);
  if (known) return known;
  const module = new WebAssembly.Module(bytesOf(base64));
  MODULES.set(base64, module);
  return module;
}

export const instantiate = (module: WebAssembly.Module, memory: WebAssembly.Memory): Exports =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;

/** What the relaxed dot product was seen to do; null where there is none, or one that is wrong below the eighth bit, too. */
let seen: EighthBit | null | undefined;

function look(): EighthBit | null {
  if (!WebAssembly.validate(bytesOf(RELAXED_PLAIN))) return null;
  const { dot32, dot16 } = instantiate(
    moduleOf({ relaxed: true, shared: false }),
    new WebAssembly.Memory({ initial: 1 }),
  );
  // Node 20 has it behind a flag, with an error in the code it runs first.
  if (dot32(-128, 127) !== -65024 || dot16(-128, 127) !== -32512 || dot32(1, 127) !== 508) return null;
  return readingOf(dot32(-128, 255), dot16(-128, 255));
}

/** Whether the engine has relaxed SIMD (Chrome 114, Firefox 145; not Node 20, not Safari). */
export const hasRelaxedSimd = (): boolean => (seen === undefined ? (seen = look()) : seen) !== null;

/** How the processor reads the eighth bit: asked once. */
export const askEighthBit = (): EighthBit => (hasRelaxedSimd() && seen) || 'unknown';

/**
 * @param sum32 of four products -128 * 255, in int32
 * @param sum16 of two, in int16
 */
export function readingOf(sum32: number, sum16: number): EighthBit {
  if (sum16 === -32768 && sum32 === -130560) return 'unsigned';
  if (sum16 === -32768 && sum32 === -65536) return 'saturating';
  return sum16 === 256 && sum32 === 512 ? 'signed' : 'unknown';
}
