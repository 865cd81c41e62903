/**
 * Memories of closed networks, for the next ones: each takes gigabytes of addresses, so that a hundred that wait for the garbage
 * collector stop a page for seconds, and a slider opens a network at every step.
 */

const PAGE = 65536;
/** How many wait at most, and how much larger than needed one may be. */
const MOST_IDLE = 2;
const ROOMY = 4;
/** Shared memories must say at once how far they may grow; it costs addresses only. */
const MOST_PAGES = 65536;

const IDLE: WebAssembly.Memory[] = [];

const isShared = ({ buffer }: WebAssembly.Memory): boolean => !(buffer instanceof ArrayBuffer);

/** A memory of at least that many bytes, which are zero. */
export function takeMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE);
  const at = IDLE.findIndex(
    (memory) => isShared(memory) === shared && memory.buffer.byteLength <= ROOMY * pages * PAGE,
  );
  if (at < 0) return new WebAssembly.Memory({ initial: pages, ...(shared && { shared, maximum: MOST_PAGES }) });
  const [memory] = IDLE.splice(at, 1);
  const known = memory.buffer.byteLength / PAGE;
  if (pages > known) memory.grow(pages - known);
  // Pages that are new are zero.
  new Uint8Array(memory.buffer, 0, Math.min(pages, known) * PAGE).fill(0);
  return memory;
}

/** The memory of a network that was closed: nobody may read or write it any more. */
export function giveMemory(memory: WebAssembly.Memory): void {
  IDLE.push(memory);
  if (IDLE.length > MOST_IDLE) IDLE.shift();
}
