/** Puts our WebGPU kernels in the place of those of tfjs that are poor. */
import * as tf from '@tensorflow/tfjs';
import { batchNormRules } from '../layers/batchNorm.ts';
import { stepRules } from '../layers/steps.ts';
import { sgdRules } from '../train/sgd.ts';
import { webgpuBatchNorm } from './batchNorm.ts';
import { convFilterGradient } from './convFilterGradient.ts';
import { depthwiseFilterGradient } from './depthwiseFilterGradient.ts';
import { webgpuSteps } from './fakeQuantize.ts';
import { webgpuSgd } from './sgd.ts';

const KERNELS = {
  Conv2DBackpropFilter: convFilterGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
} as const;

const stock = new Map<string, tf.KernelFunc>();

/** tfjs's own kernel of this name, for the bench. @throws when there is none */
export function stockKernel(kernelName: string): tf.KernelFunc {
  const found =
    stock.get(kernelName) ?? (tf.getKernel(kernelName, 'webgpu') as tf.KernelConfig | undefined)?.kernelFunc;
  if (!found) throw new Error(`tfjs has no kernel ${kernelName} for WebGPU.`);
  return found;
}

/**
 * To be called once the backend 'webgpu' has been set up; calling it again changes nothing.
 * @param software the adapter only imitates a GPU: there tfjs's input gradient is 1.4 to 5.5 times as fast pixel by
 *   pixel (bench/webgpu.ts) as it is as a matrix product in workgroup memory, which is meant for a real one
 */
export function registerWebgpuKernels(software: boolean): void {
  tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', software);
  stepRules.set('webgpu', webgpuSteps);
  batchNormRules.set('webgpu', webgpuBatchNorm);
  sgdRules.set('webgpu', webgpuSgd);
  for (const [kernelName, kernelFunc] of Object.entries(KERNELS)) {
    if (stock.has(kernelName)) continue;
    stock.set(kernelName, stockKernel(kernelName));
    tf.unregisterKernel(kernelName, 'webgpu');
    tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  }
}
