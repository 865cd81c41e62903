/** The lane that stays open, in a real browser: in a worker of its own, and a new one where the old one has ended. */
import { afterAll, expect, test } from 'vitest';
import { channelsFirst } from '../../onnx/layout.ts';
import { countingImages, firstPixelModel } from '../../runtime/testing/firstPixelModel.ts';
import { browserLanes } from './lanesBrowser.ts';

const input = { data: channelsFirst(countingImages(2), 2, 2), dims: [2, 2, 2, 3] };

async function answersOf({ lane }: Awaited<ReturnType<typeof browserLanes.resident>>): Promise<readonly number[]> {
  const { id } = await lane.open(firstPixelModel(), input, { profile: false });
  const { logits } = await lane.run(id, input);
  await lane.close(id);
  return [...logits];
}

afterAll(async () => (await browserLanes.resident()).end());

test('it stays open for whoever asks next', async () => {
  const [first, again] = [await browserLanes.resident(), await browserLanes.resident()];
  expect(again.lane).toBe(first.lane);
  expect(await answersOf(first)).toEqual([0, 2, 12, 14]);
}, 60_000);

test('one that was killed in mid-run rejects what it was asked, and leaves nothing open; the next who asks gets another', async () => {
  const killed = await browserLanes.resident();
  const { id } = await killed.lane.open(firstPixelModel(), input, { profile: false });
  const running = killed.lane.run(id, input);
  killed.end();
  await expect(running).rejects.toThrow('The lane of wasm was ended.');
  await expect(killed.lane.run(id, input)).rejects.toThrow('The lane of wasm was ended.');
  await expect(killed.lane.close(id)).resolves.toBeUndefined();
  const another = await browserLanes.resident();
  expect(another.lane).not.toBe(killed.lane);
  expect(await answersOf(another)).toEqual([0, 2, 12, 14]);
}, 60_000);
