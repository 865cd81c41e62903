/** Passes one question to a worker, where the product computes, too. */
import type { Answer, Question } from './worker.ts';

Object.assign(globalThis, {
  check: (question: Question): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        worker.terminate();
        resolve(data);
      };
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(question);
    }),
});
