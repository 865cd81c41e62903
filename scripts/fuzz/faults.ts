/** What a reader may do with a file: accept what can be true, or refuse it with a sentence of ours that names it. */

/** The file's name in every case; a refusal says it. */
export const FILE = 'fuzz.bin';

/** The engine's own words for a mistake in the code, whatever stands around them. */
const RAW =
  /cannot read propert|cannot set propert|is not a function|is not iterable|is not defined|is not a constructor|cannot convert|cannot mix bigint|cannot destructure|cannot be converted to a bigint|invalid (?:typed )?array|array buffer allocation|invalid array buffer|allocation failed|out of bounds|outside the bounds|out of range|maximum call stack|reduce of empty|invalid string length|invalid code point|source is too large|offset is outside|start offset|should be a multiple|object null|null or undefined|in operator|\[object /i;

/** Apart, for ONNX has a data type of that name in capitals. */
const UNDEFINED = /\bundefined\b/;

/** Refusals may name the file in an archive that is wrong instead. */
const INNER = /data_batch_1\.bin|test_batch\.bin|lies in no class's folder/;

/** Something was accepted that cannot be true. */
export class AcceptedFault extends Error {}

/** What is wrong with how a file was refused; null: nothing. */
export function faultOf(error: unknown): string | null {
  if (error instanceof AcceptedFault) return `accepted: ${error.message}`;
  if (!(error instanceof Error)) return `thrown: ${String(error)}, which is no Error`;
  const said = `${error.name}: ${error.message}`;
  if (error instanceof ReferenceError || error instanceof SyntaxError) return `raw: ${said}`;
  if (RAW.test(error.message) || UNDEFINED.test(error.message)) return `raw: ${said}`;
  if (!error.message.includes(FILE) && !INNER.test(error.message)) return `a sentence without the file's name: ${said}`;
  if (error.message.length > 1000) return `a sentence of ${error.message.length} characters: ${said.slice(0, 200)}`;
  return null;
}
