/** WebAssembly modules with a memory of their own, for kernels that allocate nothing: the caller lays the memory out. */

const PAGE = 65536;
const ALIGNMENT = 16;

export type Opened<Kernels> = { readonly kernels: Kernels; readonly memory: WebAssembly.Memory };

/**
 * Compiles a module that imports its memory as env.memory, once, when it is first asked for.
 * @param base64 the module, as scripts/compile-kernels.ts writes it
 */
export function lazyKernels<Kernels>(base64: string): () => Opened<Kernels> {
  let opened: Opened<Kernels> | null = null;
  return () => {
    if (opened) return opened;
    const memory = new WebAssembly.Memory({ initial: 1 });
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    opened = { kernels: exports as unknown as Kernels, memory };
    return opened;
  };
}

/** Byte offsets of areas of these sizes, one behind the other from `start` on; the memory grows to hold them. */
export function layOut(memory: WebAssembly.Memory, bytes: readonly number[], start = 0): number[] {
  let end = start;
  const offsets = bytes.map((size) => {
    const offset = end;
    end += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    return offset;
  });
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return offsets;
}
