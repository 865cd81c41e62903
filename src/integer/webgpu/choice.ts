/** Which tile computes a layer: the fastest on this very GPU, by its own clock where it has one. */
import { readable, contents } from './buffers.ts';
import type { GpuDevice } from './device.ts';
import type { TiledWork } from './steps.ts';
import { fixedTile, TILE_NAMES, TILES, type TileName, workgroupsOf } from './tiles.ts';
import type { GpuOpenOptions, LayerTile } from './types.ts';

/** Rounds in which all tiles take turns, and a layer's runs in each. */
const [ROUNDS, RUNS] = [3, 4];
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
  const found = known.get(key) ?? (await fastest(device, allowed, encode));
  known.set(key, found);
  return found;
}

async function fastest(
  device: GPUDevice,
  tiles: readonly TileName[],
  encode: (pass: GPUComputePassEncoder, tile: TileName) => Promise<void>,
): Promise<Omit<LayerTile, 'name'>> {
  const best = tiles.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, tile] of tiles.entries()) {
      const ms = await timed(device, async (pass) => {
        for (let run = 0; run < RUNS; run++) await encode(pass, tile);
      });
      // The first round compiles and warms up.
      if (round > 0) best[i] = Math.min(best[i], ms / RUNS);
    }
  }
  const order = tiles.map((_, i) => i).sort((a, b) => best[a] - best[b]);
  const inWords = order.slice(0, 3).map((i) => `${tiles[i]} ${(best[i] * 1000).toFixed(0)} µs`);
  return { tile: tiles[order[0]], why: `the fastest of ${tiles.length} on this GPU: ${inWords.join(', ')}` };
}

/** Milliseconds of a pass: by the GPU's clock, or until all that was submitted is done. */
export async function timed(
  device: GPUDevice,
  encode: (pass: GPUComputePassEncoder) => Promise<void>,
): Promise<number> {
  const hasClock = device.features.has('timestamp-query');
  const encoder = device.createCommandEncoder();
  const querySet = hasClock ? device.createQuerySet({ type: 'timestamp', count: 2 }) : null;
  const pass = encoder.beginComputePass(
    querySet ? { timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } } : {},
  );
  await encode(pass);
  pass.end();
  if (!querySet) {
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }
  const resolved = device.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const copy = readable(device, 16);
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, copy, 0, 16);
  device.queue.submit([encoder.finish()]);
  const [begin, end] = new BigUint64Array(await contents(copy));
  resolved.destroy();
  querySet.destroy();
  return Number(end - begin) / 1e6;
}
