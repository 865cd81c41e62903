/** The race of the two engines, by a clock that the engines themselves turn. */
import { expect, test } from 'vitest';
import { schemeFor } from '../../quant/schemes.ts';
import { seededFloatModel, withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { fasterEngine, type Contest, type Verdict } from './fasterEngine.ts';
import type { Made } from './types.ts';

const made: Made = {
  model: seededFloatModel(twoBlocks),
  quantized: withSeededWeights(twoBlocks, schemeFor('modern', 4, 4)),
};

/** Engines that take these milliseconds an image; every device is another, so that nothing is known of it. */
function contest(device: string, msPerImage: Readonly<Record<Verdict['engine'], number>>) {
  const clock = { now: 0 };
  const log: string[] = [];
  const given: Contest = {
    made,
    device,
    choose: 'timed',
    now: () => clock.now,
    whyNotGpu: () => Promise.resolve(null),
    async open(engine) {
      log.push(`open ${engine}`);
      return {
        engine,
        ranOn: {
          backend: engine === 'fewbit' ? 'wasm' : 'webgpu',
          description: '',
          threads: 1,
          crossOriginIsolated: true,
        },
        async run(_, n) {
          log.push(`run ${engine}`);
          clock.now += n * msPerImage[engine];
          return new Float32Array(0);
        },
        close: () => void log.push(`close ${engine}`),
      };
    },
  };
  return { given, log };
}

test('the faster one, in turn, and both are closed; it is remembered, and said why', async () => {
  const { given, log } = contest('fast GPU', { fewbit: 2, 'fewbit-webgpu': 0.5 });
  const verdict = await fasterEngine(given);
  expect(verdict).toEqual({
    engine: 'fewbit-webgpu',
    why: 'the faster here: 0.50 ms an image, 2.00 ms in WebAssembly',
  });
  const turn = ['run fewbit', 'run fewbit-webgpu'];
  const opened = ['open fewbit', 'open fewbit-webgpu'];
  expect(log).toEqual([...opened, ...turn, ...turn, ...turn, ...turn, 'close fewbit', 'close fewbit-webgpu']);
  expect(await fasterEngine(given)).toBe(verdict);
  expect(await fasterEngine({ ...given, choose: 'known' })).toBe(verdict);
  expect(log.filter((each) => each === 'open fewbit')).toHaveLength(1);
});

test('WebAssembly where it is faster; slow ones are not asked again and again', async () => {
  const { given, log } = contest('slow GPU', { fewbit: 20, 'fewbit-webgpu': 100 });
  expect(await fasterEngine(given)).toEqual({
    engine: 'fewbit',
    why: 'the faster here: 20 ms an image, 100 ms on the GPU',
  });
  expect(log.filter((each) => each === 'run fewbit')).toHaveLength(2);
});

test('fixed, or a moment’s use of what is not known yet: WebAssembly, and nothing is run', async () => {
  const { given, log } = contest('never timed', { fewbit: 2, 'fewbit-webgpu': 1 });
  for (const choose of ['fixed', 'known'] as const)
    expect(await fasterEngine({ ...given, choose })).toEqual({ engine: 'fewbit', why: 'not timed against the GPU' });
  expect(log).toEqual([]);
});

test('a GPU that is not there, or does not open, has its reason', async () => {
  const { given, log } = contest('no GPU', { fewbit: 2, 'fewbit-webgpu': 1 });
  const reason = 'This WebGPU has no dot products: integers run in WebAssembly.';
  expect(await fasterEngine({ ...given, whyNotGpu: () => Promise.resolve(reason) })).toEqual({
    engine: 'fewbit',
    why: 'This WebGPU has no dot products: integers run in WebAssembly',
  });
  expect(log).toEqual([]);
  const refusing = contest('refusing GPU', { fewbit: 2, 'fewbit-webgpu': 1 });
  const open: Contest['open'] = (engine) =>
    engine === 'fewbit' ? refusing.given.open(engine) : Promise.reject(new Error('It is too large for the GPU.'));
  expect((await fasterEngine({ ...refusing.given, open })).why).toBe('It is too large for the GPU');
  expect(refusing.log).toEqual(['open fewbit', 'close fewbit']);
});

test('a cancel is heard between two runs, both are closed, and nothing is remembered', async () => {
  const { given, log } = contest('cancelled', { fewbit: 2, 'fewbit-webgpu': 1 });
  const abort = new AbortController();
  const open: Contest['open'] = async (engine) => {
    const network = await given.open(engine);
    async function run(...args: Parameters<typeof network.run>): Promise<Float32Array> {
      abort.abort();
      return network.run(...args);
    }
    return { ...network, run };
  };
  await expect(fasterEngine({ ...given, open, signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(log.slice(-3)).toEqual(['run fewbit', 'close fewbit', 'close fewbit-webgpu']);
  expect((await fasterEngine(given)).engine).toBe('fewbit-webgpu');
});
