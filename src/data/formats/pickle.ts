/**
 * Python's pickle, as far as CIFAR-10's batches need it: a dict of strings, numbers, lists and one numpy array of
 * bytes. A pickle is a program; this reader runs no code, knows three names of numpy's, and refuses every other
 * opcode and name. The opcodes are those of Python's pickletools.
 */
import { plainText } from '../../base/plainText.ts';
import type { Bytes } from '../types.ts';

/** A numpy array of unsigned bytes. */
export type ByteArray = { readonly kind: 'array'; readonly shape: readonly number[]; readonly bytes: Bytes };

type Name = { readonly kind: 'name'; readonly name: string };
/** An array or dtype between its making (REDUCE) and its filling (BUILD). */
type Maker = {
  readonly kind: 'maker';
  readonly name: string;
  readonly args: readonly Value[];
  built: ByteArray | null;
};
type Dict = { readonly kind: 'dict'; readonly entries: Map<string, Value> };
type Tuple = { readonly kind: 'tuple'; readonly items: readonly Value[] };
type List = { readonly kind: 'list'; readonly items: Value[] };
export type Value = null | boolean | number | Bytes | Name | Maker | Dict | Tuple | List;

const RECONSTRUCT = ['numpy.core.multiarray._reconstruct', 'numpy._core.multiarray._reconstruct'];
const NAMES = [...RECONSTRUCT, 'numpy.ndarray', 'numpy.dtype'];

const text = (bytes: Bytes): string => new TextDecoder('latin1').decode(bytes);
const isBytes = (value: Value): value is Bytes => value instanceof Uint8Array;
const isKind = <K extends 'name' | 'maker' | 'dict' | 'tuple' | 'list'>(
  value: Value,
  kind: K,
): value is Extract<Value, { kind: K }> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** numpy's state of an array: (version, shape, dtype, is Fortran order, bytes). */
function buildArray(state: Value): ByteArray | null {
  if (!isKind(state, 'tuple') || state.items.length !== 5) return null;
  const [, shape, dtype, fortran, bytes] = state.items;
  if (!isKind(shape, 'tuple') || !isKind(dtype, 'maker') || fortran !== false || !isBytes(bytes)) return null;
  const [code] = dtype.args;
  if (dtype.name !== 'numpy.dtype' || !isBytes(code) || text(code) !== 'u1') return null;
  const sizes = shape.items.filter((size): size is number => typeof size === 'number');
  const whole =
    sizes.length === shape.items.length && sizes.reduce((product, size) => product * size, 1) === bytes.length;
  return whole ? { kind: 'array', shape: sizes, bytes } : null;
}

/**
 * Reads a pickled dict of protocol 2 (what Python 2 wrote).
 * @returns its entries: numbers, strings as bytes, lists as arrays of these, numpy byte arrays
 * @throws at an opcode, a name or a shape of the data that CIFAR-10's batches do not use
 */
export function unpickleDict(file: Bytes, fileName: string): Map<string, Value | ByteArray> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const stack: Value[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Value>();
  let at = 0;

  const refuse = (what: string): Error =>
    new Error(
      `${fileName} is no batch of CIFAR-10: ${what} at byte ${at}. It was refused; get cifar-10-python.tar.gz again.`,
    );
  const need = (length: number): number => {
    if (length < 0 || at + length > file.length) throw refuse('it is cut short');
    at += length;
    return at - length;
  };
  const u8 = (): number => view.getUint8(need(1));
  const u16 = (): number => view.getUint16(need(2), true);
  const i32 = (): number => view.getInt32(need(4), true);
  const u32 = (): number => view.getUint32(need(4), true);
  const bytes = (length: number): Bytes => file.subarray(need(length), at) as Bytes;
  const line = (): string => {
    const end = file.indexOf(10, at);
    if (end < 0 || end - at > 100) throw refuse('a name without an end');
    return text(bytes(end + 1 - at)).trimEnd();
  };
  const pop = (): Value => {
    const value = stack.pop();
    if (value === undefined || stack.length < (marks.at(-1) ?? 0)) throw refuse('a value is missing');
    return value;
  };
  const toMark = (): Value[] => {
    const mark = marks.pop();
    if (mark === undefined) throw refuse('a mark is missing');
    return stack.splice(mark);
  };
  const top = (): Value => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const tuple = (count: number): void => {
    const items = Array.from({ length: count }, pop).reverse();
    stack.push({ kind: 'tuple', items });
  };
  const recall = (index: number): void => {
    const value = memo.get(index);
    if (value === undefined) throw refuse('a reference to nothing');
    stack.push(value);
  };
  const list = (): List => {
    const target = top();
    if (!isKind(target, 'list')) throw refuse('a list is missing');
    return target;
  };
  const setItems = (items: readonly Value[]): void => {
    const dict = top();
    if (!isKind(dict, 'dict') || items.length % 2 !== 0) throw refuse('a dict is missing');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (!isBytes(key)) throw refuse('a key that is no string');
      dict.entries.set(text(key), items[i + 1]);
    }
  };

  const reduce = (): void => {
    const args = pop();
    const made = pop();
    if (!isKind(args, 'tuple') || !isKind(made, 'name')) throw refuse('a call of nothing known');
    stack.push({ kind: 'maker', name: made.name, args: args.items, built: null });
  };
  const build = (): void => {
    const state = pop();
    const target = top();
    if (!isKind(target, 'maker')) throw refuse('a state of nothing known');
    if (target.name === 'numpy.dtype') return;
    target.built = RECONSTRUCT.includes(target.name) ? buildArray(state) : null;
    if (!target.built) throw refuse('an array that is not of bytes');
  };
  const name = (): void => {
    const full = `${line()}.${line()}`;
    if (!NAMES.includes(full)) throw refuse(`it asks Python for ${plainText(full, 60)}`);
    stack.push({ kind: 'name', name: full });
  };

  const run = (opcode: number): void => {
    switch (String.fromCharCode(opcode)) {
      case '\x80':
        if (u8() !== 2) throw refuse('a pickle of another protocol');
        return;
      case '}':
        return void stack.push({ kind: 'dict', entries: new Map() });
      case ']':
        return void stack.push({ kind: 'list', items: [] });
      case ')':
        return void stack.push({ kind: 'tuple', items: [] });
      case '(':
        return void marks.push(stack.length);
      case 'q':
        return void memo.set(u8(), top());
      case 'r':
        return void memo.set(u32(), top());
      case 'h':
        return recall(u8());
      case 'j':
        return recall(u32());
      case 'U':
        return void stack.push(bytes(u8()));
      case 'T':
        return void stack.push(bytes(i32()));
      case 'K':
        return void stack.push(u8());
      case 'M':
        return void stack.push(u16());
      case 'J':
        return void stack.push(i32());
      case 'N':
        return void stack.push(null);
      case '\x88':
        return void stack.push(true);
      case '\x89':
        return void stack.push(false);
      case 'c':
        return name();
      case 'R':
        return reduce();
      case 'b':
        return build();
      case 't':
        return void stack.push({ kind: 'tuple', items: toMark() });
      case '\x85':
        return tuple(1);
      case '\x86':
        return tuple(2);
      case '\x87':
        return tuple(3);
      case 'a': {
        const item = pop();
        return void list().items.push(item);
      }
      case 'e': {
        const items = toMark();
        const target = list();
        for (const item of items) target.items.push(item);
        return;
      }
      case 'u':
        return setItems(toMark());
      case 's':
        return setItems([pop(), pop()].reverse());
      default:
        throw refuse(`opcode ${opcode}`);
    }
  };

  for (let opcode = u8(); opcode !== 0x2e; opcode = u8()) run(opcode);
  const result = pop();
  if (!isKind(result, 'dict')) throw refuse('no dict');
  const entries = new Map<string, Value | ByteArray>();
  for (const [key, value] of result.entries)
    entries.set(key, isKind(value, 'maker') && value.built ? value.built : value);
  return entries;
}
