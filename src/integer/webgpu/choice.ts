/** Which tile computes a layer: the fastest on this very GPU, by its own clock where it has one. */
import { enoughRuns, timed } from './clock.ts';
import type { GpuDevice } from './device.ts';
import type { TiledWork } from './steps.ts';
import { fixedTile, TILE_NAMES, TILES, type TileName, workgroupsOf } from './tiles.ts';
import type { GpuOpenOptions, LayerTile } from './types.ts';

/** Rounds in which all tiles take turns. */
const ROUNDS = 2;
/** Most workgroups along one side of a dispatch. */
const MOST_GROUPS = 65_535;

const remembered = new WeakMap<GPUDevice, Map<string, Omit<LayerTile, 'name'>>>();

/** Tiles that a layer can be given at all. */
function candidates(pixels: number, channels: number): readonly TileName[] {
  return TILE_NAMES.filter((name) => workgroupsOf(TILES[name], pixels, channels).every((side) => side <= MOST_GROUPS));
}

/**
 * @param encode writes one run of the layer with a tile into a pass; what the buffers hold does not matter
 */
export async function chooseTile(
  { device, software }: GpuDevice,
  work: TiledWork,
  images: number,
  how: NonNullable<GpuOpenOptions['choose']>,
  encode: (pass: GPUComputePassEncoder, tile: TileName) => Promise<void>,
): Promise<Omit<LayerTile, 'name'>> {
  const pixels = images * work.pixels;
  const allowed = candidates(pixels, work.channels);
  if (how !== 'timed' && how !== 'fixed' && allowed.includes(how)) return { tile: how, why: 'it was asked for' };
  const fixed = fixedTile(pixels, work.channels);
  const bySize = allowed.includes(fixed) ? fixed : allowed[0];
  if (how !== 'timed') return { tile: bySize, why: 'by the size of the layer' };
  if (software)
    return { tile: bySize, why: 'by the size of the layer: this adapter only imitates a GPU, its times say nothing' };
  const known = remembered.get(device) ?? new Map<string, Omit<LayerTile, 'name'>>();
  remembered.set(device, known);
  const key = `${images} ${work.layerKind}`;
  const passMs = (tile: TileName, runs: number): Promise<number> =>
    timed(device, async (pass) => {
      for (let run = 0; run < runs; run++) await encode(pass, tile);
    });
  const found = known.get(key) ?? (await fastest(allowed, passMs));
  known.set(key, found);
  return found;
}

/**
 * @param passMs milliseconds of a pass that runs the layer with this tile so many times
 * @returns the fastest of the tiles, with the times of the best three in words
 */
export async function fastest(
  tiles: readonly TileName[],
  passMs: (tile: TileName, runs: number) => Promise<number>,
): Promise<Omit<LayerTile, 'name'>> {
  const best = tiles.map(() => Infinity);
  const runs: number[] = [];
  // Compiles and warms up.
  for (const tile of tiles) await passMs(tile, 1);
  for (const tile of tiles) runs.push(await enoughRuns((count) => passMs(tile, count)));
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, tile] of tiles.entries()) best[i] = Math.min(best[i], (await passMs(tile, runs[i])) / runs[i]);
  const order = tiles.map((_, i) => i).sort((a, b) => best[a] - best[b]);
  const inWords = order.slice(0, 3).map((i) => `${tiles[i]} ${(best[i] * 1000).toFixed(0)} µs`);
  return { tile: tiles[order[0]], why: `the fastest of ${tiles.length} on this GPU: ${inWords.join(', ')}` };
}
