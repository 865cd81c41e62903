/** For suites that look for leaks and may not import tfjs themselves. */
import * as tf from '@tensorflow/tfjs';

export const liveTensors = (): number => tf.memory().numTensors;
