/** y = x + b per channel, then ReLU if wanted: what is left of a batch norm once its statistics are frozen. */
import * as tf from '@tensorflow/tfjs';
import { doubles, kernelsOf, output, pointer, scratch, wasmBackend } from '../wasm/heap.ts';

type Rules = {
  readonly forward: (x: tf.Tensor, b: tf.Tensor1D, relu: boolean) => tf.Tensor;
  /** dy' = dy where the ReLU passed;  dx = dy',  db = sum dy'. */
  readonly backward: (x: tf.Tensor, dy: tf.Tensor, b: tf.Tensor1D, relu: boolean) => { dx: tf.Tensor; db: tf.Tensor1D };
};

const composed: Rules = {
  forward: (x, b, relu) => (relu ? x.add(b).relu() : x.add(b)),
  backward(x, dy, b, relu) {
    const dx = relu ? dy.mul(x.add(b).greater(0).cast('float32')) : dy.clone();
    return { dx, db: dx.reshape([-1, b.size]).sum<tf.Tensor1D>(0) };
  },
};

/** Batch norm's kernels with a slope of one. */
const fusedWasm: Rules = {
  forward(x, b, relu) {
    const backend = wasmBackend();
    const [one, y] = [tf.ones([b.size]), output(x.shape)];
    const [px, pa, pb, py] = [x, one, b, y].map((tensor) => pointer(backend, tensor));
    kernelsOf(backend).scaleShift(px, x.size / b.size, b.size, pa, pb, relu, py);
    return y;
  },
  backward(x, dy, b, relu) {
    const backend = wasmBackend();
    const kernels = kernelsOf(backend);
    const [channels, rows] = [b.size, x.size / b.size];
    const [one, zero, dx] = [tf.ones([channels]), tf.zeros([channels]), output(x.shape)];
    const [sums, products] = [scratch(backend, channels), scratch(backend, channels)];
    const [px, pdy, pa, pz, pb, pdx] = [x, dy, one, zero, b, dx].map((tensor) => pointer(backend, tensor));
    kernels.batchNormGradSums(
      px,
      pdy,
      rows,
      channels,
      pz,
      pa,
      pb,
      relu,
      pointer(backend, sums),
      pointer(backend, products),
    );
    kernels.batchNormGradInput(px, pdy, rows, channels, pa, pb, pz, pz, relu, pdx);
    const db = tf.tensor1d(Float32Array.from(doubles(backend, sums)));
    for (const temporary of [sums, products]) backend.disposeData(temporary.dataId);
    return { dx, db };
  },
};

/** @param x [..., C]; b [C] */
export function biasRelu<T extends tf.Tensor>(x: T, b: tf.Tensor1D, relu: boolean): T {
  const rules = tf.getBackend() === 'wasm' ? fusedWasm : composed;
  const op = tf.customGrad((...args) => {
    const [x_, b_, save] = args as unknown as [tf.Tensor, tf.Tensor1D, tf.GradSaveFunc];
    save([x_, b_]);
    return {
      value: rules.forward(x_, b_, relu),
      gradFunc: (dy: tf.Tensor, [sx, sb]: tf.Tensor[]) => {
        const { dx, db } = rules.backward(sx, dy, sb as tf.Tensor1D, relu);
        return [dx, db];
      },
    };
  });
  return op(x, b) as T;
}
