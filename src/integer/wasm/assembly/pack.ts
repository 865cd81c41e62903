// Weights on their way in: less their zero point, their sums from either side, and in the order in which a kernel reads them.
// Weights are int16 [taps, width, in, out] less their zero point; channels of the image are `padded`.

/** Codes [rows, channels], int8 or uint8, less their zero points int16 [channels]. */
export function centre(codes: usize, isSigned: bool, zeros: usize, rows: i32, channels: i32, out: usize): void {
  for (let row = 0; row < rows; row++) {
    let o = 0;
    for (; o + 8 <= channels; o += 8, codes += 8, out += 16) {
      const wide = isSigned ? v128.load_ext<i8>(codes) : v128.load_ext<u8>(codes);
      v128.store(out, i16x8.sub(wide, v128.load(zeros + (<usize>o << 1))));
    }
    for (; o < channels; o++, codes++, out += 2) {
      store<i16>(out, <i16>((isSigned ? <i32>load<i8>(codes) : <i32>load<u8>(codes)) - load<i16>(zeros + (<usize>o << 1))));
    }
  }
}

/** The least of `count` weights in the low 16 bits, the greatest in the high ones; at least 0, at most 0. */
export function extremes(values: usize, count: i32): i32 {
  let least = 0, most = 0, i = 0;
  let low = i16x8.splat(0), high = low;
  for (; i + 8 <= count; i += 8, values += 16) {
    const v = v128.load(values);
    low = i16x8.min_s(low, v);
    high = i16x8.max_s(high, v);
  }
  for (; i < count; i++, values += 2) {
    least = min(least, <i32>load<i16>(values));
    most = max(most, <i32>load<i16>(values));
  }
  low = i16x8.min_s(low, i8x16.shuffle(low, low, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  high = i16x8.max_s(high, i8x16.shuffle(high, high, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  for (let lane = 0; lane < 4; lane++) {
    least = min(least, <i32><i16>(<i32>i64x2.extract_lane(low, 0) & 0xffff));
    most = max(most, <i32><i16>(<i32>i64x2.extract_lane(high, 0) & 0xffff));
    low = i64x2.shr_u(low, 16);
    high = i64x2.shr_u(high, 16);
  }
  return (most << 16) | (least & 0xffff);
}

/** Adds a row's weights above zero to one array, and what those below fall short of it to the other: int32 [channels]. */
@inline
function addSigned(row: usize, channels: i32, above: usize, below: usize): void {
  const zero = i16x8.splat(0);
  let o = 0;
  for (; o + 8 <= channels; o += 8, row += 16, above += 32, below += 32) {
    const v = v128.load(row), up = i16x8.max_s(v, zero), down = i16x8.sub(up, v);
    v128.store(above, i32x4.add(v128.load(above), i32x4.extend_low_i16x8_s(up)));
    v128.store(above, i32x4.add(v128.load(above, 16), i32x4.extend_high_i16x8_s(up)), 16);
    v128.store(below, i32x4.add(v128.load(below), i32x4.extend_low_i16x8_s(down)));
    v128.store(below, i32x4.add(v128.load(below, 16), i32x4.extend_high_i16x8_s(down)), 16);
  }
  for (; o < channels; o++, row += 2, above += 4, below += 4) {
    const v = <i32>load<i16>(row);
    store<i32>(above, load<i32>(above) + max(v, 0));
    store<i32>(below, load<i32>(below) + max(-v, 0));
  }
}

/** Sums of the weights above zero, and of those below, of each channel. */
export function channelSums(values: usize, rows: i32, channels: i32, above: usize, below: usize): void {
  memory.fill(above, 0, <usize>channels << 2);
  memory.fill(below, 0, <usize>channels << 2);
  for (let row = 0; row < rows; row++, values += <usize>channels << 1) addSigned(values, channels, above, below);
}

/** Whether all sums so far lie within the bound; they begin anew. */
function fits(above: usize, below: usize, count: i32, bound: i32): bool {
  let reach = 0;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) reach = max(reach, max(load<i32>(above + i), load<i32>(below + i)));
  memory.fill(above, 0, <usize>count << 2);
  memory.fill(below, 0, <usize>count << 2);
  return reach <= bound;
}

/**
 * Whether `depth` groups of four, wherever they start in a run, sum to no more than `bound` from either side in any lane: the first
 * two products of a group go to one lane, the others to the next. `above` and `below` are room for int32 [2, channels].
 */
export function sumsFit(
  values: usize, taps: i32, width: i32, inChannels: i32, padded: i32, channels: i32, depth: i32, bound: i32, above: usize, below: usize,
): bool {
  memory.fill(above, 0, <usize>channels << 3);
  memory.fill(below, 0, <usize>channels << 3);
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c++, values += <usize>channels << 1) {
        const k = x * padded + c;
        // The first of a sum, or behind it where padded channels are left out.
        if (k % (4 * depth) <= (c == 0 ? padded - inChannels : 0) && !fits(above, below, 2 * channels, bound)) return false;
        const lane = <usize>(((k >> 1) & 1) * channels) << 2;
        addSigned(values, channels, above + lane, below + lane);
      }
    }
  }
  return fits(above, below, 2 * channels, bound);
}

/** [blocks of 8 channels, taps, run / group, 8, group], as int8 or int16; what fills up stays as it is. */
export function packDot(
  values: usize, taps: i32, width: i32, inChannels: i32, padded: i32, channels: i32, run: i32, group: i32, asWords: bool, out: usize,
): void {
  const shift: usize = asWords ? 1 : 0, blockBytes = <usize>(taps * run * 8) << shift, step = <usize>group << shift;
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c++) {
        const k = x * padded + c, rest = k % group;
        let block = out + (<usize>((tap * run + k - rest) * 8 + rest) << shift);
        for (let o = 0; o < channels; o += 8, block += blockBytes) {
          const count = min(8, channels - o);
          let to = block;
          for (let i = 0; i < count; i++, to += step, values += 2) {
            if (asWords) store<i16>(to, load<i16>(values));
            else store<u8>(to, <u8>load<i16>(values));
          }
        }
      }
    }
  }
}

/** [blocks of 16 channels, taps, groups, 2 planes, 16]: see packing.ts. `zeros`: int16 [channels], the zero points counted from 0. */
export function packLookUp(values: usize, zeros: usize, taps: i32, width: i32, inChannels: i32, padded: i32, channels: i32, groups: i32, out: usize): void {
  const rowBytes = <usize>channels << 1;
  for (let tap = 0; tap < taps; tap++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inChannels; c += 4) {
        const count = min(4, inChannels - c), group = (x * padded + c) >> 2;
        for (let o = 0; o < channels; o++) {
          const zero = <i32>load<i16>(zeros + (<usize>o << 1));
          let first = 0, second = 0;
          for (let bit = 0; bit < count; bit++) {
            const planes = (<i32>load<i16>(values + (<usize>o << 1) + <usize>bit * rowBytes) + zero) ^ zero;
            first |= (planes & 1) << bit;
            second |= (planes >> 1) << bit;
          }
          const to = out + <usize>((((o >> 4) * taps + tap) * groups + group) * 32 + (o & 15));
          store<u8>(to, <u8>first);
          store<u8>(to, <u8>second, 16);
        }
        values += <usize>count * rowBytes;
      }
    }
  }
}
