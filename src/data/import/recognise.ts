/** What a file is, told by its first bytes and never by its name. */

export type FileKind =
  'gzip' | 'tar' | 'zip' | 'parquet' | 'safetensors' | 'jpeg' | 'png' | 'web page' | 'other image' | 'unknown';

/** As many bytes as the tests below look at. */
export const HEAD_BYTES = 512;

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));

const isTar = (head: Uint8Array): boolean => ascii(head, 257, 262) === 'ustar';

const isWebPage = (head: Uint8Array): boolean =>
  /^\uFEFF?\s*(?:<!doctype html|<html|<head|<\?xml)/i.test(new TextDecoder().decode(head.subarray(0, 64)));

const isOtherImage = (head: Uint8Array): boolean =>
  ascii(head, 0, 4) === 'GIF8' ||
  ascii(head, 0, 2) === 'BM' ||
  ascii(head, 8, 12) === 'WEBP' ||
  /^(?:II\*\0|MM\0\*)/.test(ascii(head, 0, 4)) ||
  /^ftyp(?:hei[cfmsx]|mif1|msf1|avi[fs]|hev[cx])/.test(ascii(head, 4, 12));

/** A safetensors file: a little-endian length of eight bytes, then that many bytes of JSON. */
const isSafetensors = (head: Uint8Array): boolean =>
  head.length > 9 && head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0);

/** @param head the first HEAD_BYTES bytes, or all of a shorter file */
export function recognise(head: Uint8Array): FileKind {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (/^PK(?:\x03\x04|\x05\x06)$/.test(ascii(head, 0, 4))) return 'zip';
  if (ascii(head, 0, 4) === 'PAR1') return 'parquet';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg';
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (isTar(head)) return 'tar';
  if (isWebPage(head)) return 'web page';
  if (isOtherImage(head)) return 'other image';
  return isSafetensors(head) ? 'safetensors' : 'unknown';
}
