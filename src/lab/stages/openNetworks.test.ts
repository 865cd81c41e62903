/** One opening for whoever asks for the same network; nobody shares it at the same time; nothing stays behind. */
import { expect, test } from 'vitest';
import { startNodeHelper } from '../../integer/wasm/host/node.ts';
import type { Helper } from '../../integer/wasm/host/helpers.ts';
import { schemeFor } from '../../quant/schemes.ts';
import { withSeededWeights } from '../../onnx/testing/seededModel.ts';
import { twoBlocks } from '../../tensor/testing/twoBlocks.ts';
import { openIntegerNetwork } from '../../integer/wasm/network.ts';
import type { OpenNetwork } from '../engines/types.ts';
import { keepOpen } from './openNetworks.ts';

/** Opens networks that count themselves. */
function counter() {
  const open = new Set<number>();
  let made = 0;
  return {
    open,
    made: () => made,
    async make(): Promise<OpenNetwork> {
      const id = made++;
      open.add(id);
      return {
        engine: 'fewbit',
        ranOn: { backend: 'wasm', description: String(id), threads: 1, crossOriginIsolated: false },
        run: async () => new Float32Array(1),
        close: () => void open.delete(id),
      };
    },
  };
}

test('the same network is opened once, one after the other; two at once have one each', async () => {
  const { make, made } = counter();
  const kept = keepOpen();
  const owner = {};
  const first = await kept.take(owner, 'fewbit', make);
  const beside = await kept.take(owner, 'fewbit', make);
  expect(beside.ranOn.description).not.toBe(first.ranOn.description);
  await first.close();
  await first.close();
  const again = await kept.take(owner, 'fewbit', make);
  expect(again.ranOn.description).toBe(first.ranOn.description);
  const other = await kept.take(owner, 'fewbit', make);
  expect(other.ranOn.description).toBe('2');
  expect((await kept.take({}, 'fewbit', make)).ranOn.description).toBe('3');
  expect(made()).toBe(4);
});

test('the one used longest ago is closed; a change of the model closes the idle at once, and the others when given back', async () => {
  const { make, open } = counter();
  const kept = keepOpen(2);
  const taken = await Promise.all([{}, {}, {}].map((owner) => kept.take(owner, 'fewbit', make)));
  for (const network of taken) await network.close();
  expect([...open]).toEqual([1, 2]);
  const busy = await kept.take({}, 'fewbit', make);
  await kept.closeAll();
  expect([...open]).toEqual([3]);
  await busy.close();
  expect(open.size).toBe(0);
});

test('10,000 runs of networks that are opened and closed leave no memory and no thread behind', async () => {
  const quantized = withSeededWeights(twoBlocks, schemeFor('modern', 8, 8));
  const image = new Float32Array(8 * 8 * 3);
  let started = 0;
  async function startHelper(): Promise<Helper> {
    started++;
    return startNodeHelper();
  }
  const heap: number[] = [];
  let answers = '';
  for (let opening = 0; opening < 500; opening++) {
    const network = await openIntegerNetwork(quantized, { threads: 2, startHelper, choose: 'fixed' });
    for (let run = 0; run < 20; run++) {
      const logits = network.run(image, 1).join();
      answers ||= logits;
      expect(logits).toBe(answers);
    }
    network.close();
    if (opening % 100 === 99) heap.push(process.memoryUsage().heapUsed);
  }
  expect(started).toBe(1);
  // A network leaves no hold on its codes and tables: growth by each opening would be 400 times one.
  expect(heap[4] - heap[0]).toBeLessThan(40e6);
});
