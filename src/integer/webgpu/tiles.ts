/** The shapes of a convolution's tile: what one workgroup computes, and how its threads share it. */

/** A workgroup computes `rows * pixels` pixels of `columns * 4` channels, each thread `pixels` pixels of 4 channels. */
export type Tile = {
  /** Threads along the pixels, and along the channels. */
  readonly rows: number;
  readonly columns: number;
  /** Pixels of a thread. */
  readonly pixels: number;
  /** Parts into which the window is cut, each with threads of its own; their sums are added at the end. */
  readonly slices: number;
};

/** Large tiles read each code less often; small ones, and slices, give a small layer enough workgroups to fill a GPU. */
export const TILES = {
  '128x64': { rows: 16, columns: 16, pixels: 8, slices: 1 },
  '64x64': { rows: 16, columns: 16, pixels: 4, slices: 1 },
  '64x32': { rows: 16, columns: 8, pixels: 4, slices: 1 },
  '64x16': { rows: 16, columns: 4, pixels: 4, slices: 1 },
  '32x32': { rows: 8, columns: 8, pixels: 4, slices: 1 },
  '16x16 in 4 slices': { rows: 8, columns: 4, pixels: 2, slices: 4 },
  '4x16 in 8 slices': { rows: 4, columns: 4, pixels: 1, slices: 8 },
} as const satisfies Record<string, Tile>;

export type TileName = keyof typeof TILES;

export const TILE_NAMES = Object.keys(TILES) as TileName[];

export const tilePixels = ({ rows, pixels }: Tile): number => rows * pixels;
export const tileChannels = ({ columns }: Tile): number => columns * 4;
export const tileThreads = ({ rows, columns, slices }: Tile): number => rows * columns * slices;

/** Workgroups below which a GPU has idle cores. */
const ENOUGH = 128;

/** Workgroups of a layer. */
export const workgroupsOf = (tile: Tile, pixels: number, channels: number): readonly [number, number] => [
  Math.ceil(pixels / tilePixels(tile)),
  Math.ceil(channels / tileChannels(tile)),
];

/**
 * The tile for a layer where nothing is timed: the first that wastes no half of its channels and gives enough workgroups, else the
 * smallest.
 * @param pixels of all images together
 */
export function fixedTile(pixels: number, channels: number): TileName {
  return (
    TILE_NAMES.find((name) => {
      const [across, along] = workgroupsOf(TILES[name], pixels, channels);
      return tileChannels(TILES[name]) <= 2 * Math.max(8, channels) - 1 && across * along >= ENOUGH;
    }) ?? (pixels < 16 ? '4x16 in 8 slices' : '16x16 in 4 slices')
  );
}
