/** y = max(p + q, 0), the end of a residual block, forward and backward in one pass each on WASM. */
import * as tf from '@tensorflow/tfjs';
import { kernelsOf, pointer, wasmBackend } from '../wasm/heap.ts';

function output(shape: number[]): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(wasmBackend().makeOutput(shape, 'float32'));
}

function forwardWasm(p: tf.Tensor, q: tf.Tensor): tf.Tensor {
  const backend = wasmBackend();
  const y = output(p.shape);
  kernelsOf(backend).addRelu(pointer(backend, p), pointer(backend, q), p.size, pointer(backend, y));
  return y;
}

function backwardWasm(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const backend = wasmBackend();
  const dx = output(dy.shape);
  kernelsOf(backend).reluGrad(pointer(backend, dy), pointer(backend, y), dy.size, pointer(backend, dx));
  return dx;
}

const op = tf.customGrad((...args) => {
  const [p, q, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
  const onWasm = tf.getBackend() === 'wasm';
  const y = onWasm ? forwardWasm(p, q) : p.add(q).relu();
  save([y]);
  return {
    value: y,
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const dx = onWasm ? backwardWasm(dy, saved[0]) : dy.mul(saved[0].greater(0).cast('float32'));
      return [dx, dx.clone()];
    },
  };
});

/** @param p, q tensors of the same shape */
export const addRelu = (p: tf.Tensor4D, q: tf.Tensor4D): tf.Tensor4D => op(p, q) as tf.Tensor4D;
