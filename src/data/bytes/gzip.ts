/** gzip to bytes, in browsers and Node alike, with a bound on what comes out. */
import { joinBytes } from '../../base/bytes/joinBytes.ts';
import type { Bytes } from '../types.ts';

/** Whether the bytes begin as every gzip file does (RFC 1952: 1f 8b). */
export const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Decompresses a gzip file. Bytes that are no gzip come back as they are, because a server that sends a .gz file with
 * `Content-Encoding: gzip` has had it decompressed by the browser already.
 *
 * @param fileName named in the errors
 * @param maxBytes the most that may come out; a file that wants more is refused before it fills the memory
 * @throws when the file is cut short, damaged, or holds more than maxBytes
 */
export async function gunzip(bytes: Bytes, fileName: string, maxBytes: number): Promise<Bytes> {
  const tooLong = (): Error =>
    new Error(
      `${fileName} holds more than the ${maxBytes} bytes expected of it, so it is not the right file. Get it again.`,
    );
  if (!isGzip(bytes)) {
    if (bytes.length > maxBytes) throw tooLong();
    return bytes;
  }
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new Error(`${fileName} is damaged or cut short: it cannot be decompressed. Get the file again.`, { cause });
    });
    if (done) return joinBytes(parts);
    length += value.length;
    if (length > maxBytes) {
      // The stream may already have failed on its own; the refusal is what counts.
      await reader.cancel().catch(() => undefined);
      throw tooLong();
    }
    parts.push(value);
  }
}
