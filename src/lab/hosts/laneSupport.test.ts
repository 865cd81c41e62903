/** Lanes are offered where a browser has them, with browsers made up for it: WebNN is in none that tests can drive. */
import { expect, test } from 'vitest';
import { whyAbsent, type Surroundings } from './laneSupport.ts';
import { LANES } from '../../contract/engines.ts';

const whole: Surroundings = {
  crossOriginIsolated: true,
  navigator: { gpu: { requestAdapter: async () => ({}) }, ml: { createContext: async () => ({}) } },
};
const reasons = (surroundings: Surroundings): Promise<(string | null)[]> =>
  Promise.all(LANES.map((lane) => whyAbsent(lane, surroundings)));

test('a browser that has everything is offered every lane', async () => {
  expect(await reasons(whole)).toEqual([null, null, null, null]);
});

test('a browser that has nothing is told of each what it lacks, and keeps one thread', async () => {
  expect(await reasons({ crossOriginIsolated: false, navigator: {} })).toEqual([
    null,
    'The page is not cross-origin isolated, so WebAssembly has one thread only.',
    'This browser offers no WebGPU adapter.',
    'This browser has no WebNN.',
  ]);
});

test('what is there in name only is no lane: no adapter, one that fails, a WebNN without a device', async () => {
  const broken = {
    gpu: { requestAdapter: () => Promise.reject(new Error('lost')) },
    ml: { createContext: () => Promise.reject(new Error('no device')) },
  };
  expect(await reasons({ crossOriginIsolated: true, navigator: broken })).toEqual([
    null,
    null,
    'This browser offers no WebGPU adapter.',
    'This browser has WebNN, but it cannot start: no device',
  ]);
  expect(
    await whyAbsent('webgpu', { crossOriginIsolated: true, navigator: { gpu: { requestAdapter: async () => null } } }),
  ).toBe('This browser offers no WebGPU adapter.');
});
