/** What a file is, told by its first bytes and never by its name. */

/** Pictures that may be decoded here: in a browser each of them, in Node those that have a decoder. */
export const PICTURE_FORMATS = ['jpeg', 'png', 'gif', 'bmp', 'webp', 'avif'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Pictures that hardly any browser decodes, by their names. */
const OTHER_PICTURES = ['HEIC', 'TIFF', 'JPEG XL', 'JPEG 2000', 'Photoshop'] as const;

/** Archives that are not unpacked here. */
const OTHER_ARCHIVES = ['7z', 'RAR', 'bzip2', 'xz', 'Zstandard'] as const;

export type FileKind =
  | 'gzip'
  | 'tar'
  | 'zip'
  | 'parquet'
  | 'safetensors'
  | PictureFormat
  | (typeof OTHER_PICTURES)[number]
  | (typeof OTHER_ARCHIVES)[number]
  | 'web page'
  | 'unknown';

const isOneOf = <T extends string>(names: readonly T[], kind: string): kind is T =>
  (names as readonly string[]).includes(kind);

export const isPictureFormat = (kind: FileKind): kind is PictureFormat => isOneOf(PICTURE_FORMATS, kind);
export const isOtherPicture = (kind: FileKind): boolean => isOneOf(OTHER_PICTURES, kind);
export const isOtherArchive = (kind: FileKind): boolean => isOneOf(OTHER_ARCHIVES, kind);

/** As many bytes as the tests below look at. */
export const HEAD_BYTES = 512;

const ascii = (head: Uint8Array, from: number, to: number): string => String.fromCharCode(...head.subarray(from, to));

const isTar = (head: Uint8Array): boolean => ascii(head, 257, 262) === 'ustar';

const isWebPage = (head: Uint8Array): boolean =>
  /^\uFEFF?\s*(?:<!doctype html|<html|<head|<\?xml)/i.test(new TextDecoder().decode(head.subarray(0, 64)));

/** What is told by a few bytes at a fixed place. */
const SIGNATURES: readonly (readonly [kind: FileKind, at: number, bytes: RegExp])[] = [
  ['gif', 0, /^GIF8[79]a/],
  ['webp', 8, /^WEBP/],
  ['TIFF', 0, /^(?:II[*+]\0|MM\0[*+])/],
  ['avif', 4, /^ftypavi[fs]/],
  ['HEIC', 4, /^ftyp(?:hei[cfmsx]|hev[cx]|mif1|msf1)/],
  ['JPEG XL', 0, /^(?:\xff\x0a|\0\0\0\x0cJXL )/],
  ['JPEG 2000', 0, /^(?:\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/],
  ['Photoshop', 0, /^8BPS/],
  ['7z', 0, /^7z\xbc\xaf\x27\x1c/],
  ['RAR', 0, /^Rar!\x1a\x07/],
  ['bzip2', 0, /^BZh[1-9]1AY/],
  ['xz', 0, /^\xfd7zXZ\0/],
  ['Zstandard', 0, /^\x28\xb5\x2f\xfd/],
];

/** "BM", and a header whose size is one of those that there are. */
const isBmp = (head: Uint8Array): boolean =>
  ascii(head, 0, 2) === 'BM' && [12, 16, 40, 52, 56, 64, 108, 124].includes(head[14]) && head[15] === 0;

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
  if (isBmp(head)) return 'bmp';
  const found = SIGNATURES.find(([, at, bytes]) => bytes.test(ascii(head, at, at + 16)));
  if (found) return found[0];
  return isSafetensors(head) ? 'safetensors' : 'unknown';
}
