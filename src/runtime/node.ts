/** A lane of the race in Node. Never imported by the page. */
import fs from 'node:fs';
import type { CaptureOutput, Lane } from './lane.ts';
import { openLane } from './lane.ts';

/** In Node the runtime prints by fs.writeSync. */
const captureStdout: CaptureOutput = () => {
  const write = fs.writeSync;
  let text = '';
  fs.writeSync = ((descriptor: number, data: string, ...rest: []) => {
    if (descriptor !== 1) return write(descriptor, data, ...rest);
    text += data;
    return data.length;
  }) as typeof fs.writeSync;
  return {
    end: () => {
      fs.writeSync = write;
      return text;
    },
  };
};

/** WebAssembly only: onnxruntime-web has no other provider in Node. */
export const openNodeLane = (threads: number): Promise<Lane> => openLane({ provider: 'wasm', threads }, captureStdout);
