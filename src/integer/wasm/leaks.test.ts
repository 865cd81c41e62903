/** What 10,000 runs and hundreds of openings leave behind, in Node: nothing. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { randomImages, randomModel } from '../testing/randomModel.ts';
import { startNodeHelper } from './host/node.ts';
import { openIntegerNetwork } from './network.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const model = randomModel(7);
const images = randomImages(model, 3, 1);

/** Bytes that are still reachable. */
async function bytesHeld(): Promise<number> {
  // What a finalizer lets go of is collected in the next round.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((done) => setImmediate(done));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Less than any object that each of the runs would leave. */
const BYTES_A_RUN = 16;

test.each([
  ['one thread', 1],
  ['two threads', 2],
])('10,000 runs by the batch and in slices, %s: not 16 bytes of each stay', async (_, threads) => {
  const network = await openIntegerNetwork(model, { choose: 'fixed', threads, startHelper: startNodeHelper });
  async function run(times: number): Promise<void> {
    for (let time = 0; time < times; time += 2) {
      network.run(images, 3);
      await network.runInSlices(images, 3, { sliceMs: 0, pause: () => Promise.resolve() });
    }
  }
  await run(2_000);
  const before = await bytesHeld();
  await run(10_000);
  expect((await bytesHeld()) - before).toBeLessThan(10_000 * BYTES_A_RUN);
  network.close();
});

const Native = WebAssembly.Memory;
afterEach(() => {
  WebAssembly.Memory = Native;
});

test('300 openings, closed again: a few memories and one helper serve them all', async () => {
  const [memories, helpers] = [{ made: 0 }, { started: 0 }];
  WebAssembly.Memory = new Proxy(Native, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      memories.made++;
      return new target(...args);
    },
  });
  for (let time = 0; time < 300; time++) {
    const network = await openIntegerNetwork(model, { choose: 'fixed' });
    network.run(images, 3);
    network.close();
  }
  expect(memories.made).toBeLessThanOrEqual(3);
  const startHelper = () => {
    helpers.started++;
    return startNodeHelper();
  };
  for (let time = 0; time < 30; time++) {
    const network = await openIntegerNetwork(model, { choose: 'fixed', threads: 2, startHelper });
    network.run(images, 3);
    network.close();
  }
  expect(helpers.started).toBe(1);
});
