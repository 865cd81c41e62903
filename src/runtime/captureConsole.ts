/** Standard output of WebAssembly in a browser's worker: it goes to the console, by a reference taken at the start. */
import type { CaptureOutput } from './lane.ts';

/** Takes the console's log over for good; call it before the runtime loads. */
export function consoleCapture(): CaptureOutput {
  const print = console.log;
  let lines: string[] | null = null;
  console.log = (...values: unknown[]) => (lines ? void lines.push(values.join(' ')) : print(...values));
  return () => {
    lines = [];
    return {
      end: () => {
        const text = lines?.join('\n') ?? '';
        lines = null;
        return text;
      },
    };
  };
}
