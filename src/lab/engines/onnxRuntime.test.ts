/** The lane that stays open, and ends in the middle of what it was asked: another does it. */
import { expect, test } from 'vitest';
import { resnet } from '../../graph/networks/resnet.ts';
import { seededFloatModel } from '../../onnx/testing/seededModel.ts';
import type { Lane } from '../../runtime/lane.ts';
import type { Lanes, OpenedLane } from '../resources.ts';
import { openInResident } from './onnxRuntime.ts';
import type { Here, Made } from './types.ts';

const model = seededFloatModel(
  resnet({
    inputShape: [4, 4, 3],
    stem: { kernel: 3, stride: 1, channels: 4, pool: false },
    block: 'basic',
    bottleneckStride: 'v1.5',
    stages: [{ depth: 1, width: 4, channels: 4, stride: 1 }],
    classes: 2,
  }),
);
const made: Made = { model, quantized: null };
const IMAGE = new Float32Array(4 * 4 * 3);

type What = 'answers' | 'hangs while it opens' | 'hangs while it runs' | 'refuses';

/** A lane that is ended by what it is asked, as the watchdog ends one. */
function laneThat(what: What, place: number): OpenedLane {
  let ended = false;
  const hang = (): never => {
    ended = true;
    throw new Error(`lane ${place} was ended`);
  };
  const lane: Lane = {
    async open() {
      if (what === 'hangs while it opens' || ended) hang();
      return { id: 1, loadMs: 1, firstRunMs: 1, heapBytes: 1, operators: [] };
    },
    async run() {
      if (what === 'refuses') throw new Error('no such operator');
      if (what === 'hangs while it runs' || ended) hang();
      return { ms: 1, logits: Float32Array.of(place, 0) };
    },
    close: () => Promise.resolve(),
  };
  return { lane, threads: 1, float16: true, end: () => void (ended = true), hasEnded: () => ended };
}

/** As hosts do it: the same lane until it has ended, then the next. */
function hereWith(...list: readonly What[]): { readonly here: Here; readonly opened: OpenedLane[] } {
  const opened: OpenedLane[] = [];
  const lanes: Pick<Lanes, 'resident'> = {
    async resident() {
      const known = opened.at(-1);
      if (known && !known.hasEnded()) return known;
      const fresh = laneThat(list[opened.length], opened.length);
      opened.push(fresh);
      return fresh;
    },
  };
  return { here: { lanes, device: { backend: 'cpu' } } as unknown as Here, opened };
}

test.each<[string, readonly What[], number]>([
  ['opens', ['hangs while it opens', 'answers'], 1],
  ['runs', ['hangs while it runs', 'answers'], 1],
  ['opens and runs, each once', ['hangs while it opens', 'hangs while it runs', 'answers'], 2],
])('a lane that hangs while a network %s is opened again, and the answer comes', async (_, list, place) => {
  const { here, opened } = hereWith(...list);
  const network = await openInResident(made, here);
  expect([...(await network.run(IMAGE, 1))]).toEqual([place, 0]);
  expect(opened.length).toBe(list.length);
});

test('a network that was left open in a lane that has ended since is opened in the next', async () => {
  const { here, opened } = hereWith('answers', 'answers');
  const network = await openInResident(made, here);
  opened[0].end();
  expect([...(await network.run(IMAGE, 1))]).toEqual([1, 0]);
});

test('a network that hangs in every lane fails in the sentence of the last', async () => {
  const { here } = hereWith('hangs while it runs', 'hangs while it runs');
  const network = await openInResident(made, here);
  await expect(network.run(IMAGE, 1)).rejects.toThrow('lane 1 was ended');
  await expect(openInResident(made, hereWith('hangs while it opens', 'hangs while it opens').here)).rejects.toThrow(
    'lane 1 was ended',
  );
});

test('a lane that refuses and lives is not opened again', async () => {
  const { here, opened } = hereWith('refuses', 'answers');
  const network = await openInResident(made, here);
  await expect(network.run(IMAGE, 1)).rejects.toThrow('no such operator');
  expect(opened.length).toBe(1);
});

test('whoever aborts is not answered by another lane', async () => {
  const { here, opened } = hereWith('hangs while it runs', 'answers');
  const network = await openInResident(made, here);
  const reason = new DOMException('stopped', 'AbortError');
  await expect(network.run(IMAGE, 1, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(opened.length).toBe(1);
});
