/** SHA-256 and length: what tells the right file from a damaged one. */
import type { Bytes, Fingerprint } from '../types.ts';

/**
 * SHA-256 in lower-case hex.
 * @throws where Web Crypto is missing: browsers offer it to https and localhost pages only
 */
export async function sha256(bytes: Bytes): Promise<string> {
  // The types promise it, but a page opened over plain http has none.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new Error(
      'Files cannot be checked because this page was opened over plain http. Open it over https or on localhost.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What is wrong with the bytes ("it is 10 bytes long, not 20"), or null when they are the ones expected. */
export async function mismatch(bytes: Bytes, expected: Fingerprint): Promise<string | null> {
  if (bytes.length !== expected.bytes) return `it is ${bytes.length} bytes long, not ${expected.bytes}`;
  const measured = await sha256(bytes);
  return measured === expected.sha256
    ? null
    : `its SHA-256 is ${measured.slice(0, 8)}…, not ${expected.sha256.slice(0, 8)}…`;
}
