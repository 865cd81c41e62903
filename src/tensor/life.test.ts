import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { hearLife } from '../base/work/life.ts';
import { beatWithKernels } from './life.ts';

test('a kernel that runs, forward or backward, is heard', async () => {
  await tf.setBackend('cpu');
  beatWithKernels();
  let heard = 0;
  const square = (): void =>
    void tf
      .grad((x: tf.Tensor) => x.square().sum())(tf.tensor1d([1, 2]))
      .dispose();
  hearLife(() => void heard++);
  square();
  hearLife(null);
  expect(heard).toBe(1);
});
