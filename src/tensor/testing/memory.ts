/** For suites that look for leaks or take the GPU away, and may not import tfjs themselves. */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

export const liveTensors = (): number => tf.memory().numTensors;

/** As if the driver had crashed. */
export const loseDevice = (): void => (tf.backend() as WebGPUBackend).device.destroy();
