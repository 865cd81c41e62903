/** How much a serialized model would become in memory, counted on its bytes before anything is made of them. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** ResNet-152 has about 2,000 messages in its file; one of these takes some hundred bytes of memory. */
const MAX_MESSAGES = 1_000_000;

/** Numbers that are no raw data become 8 to 40 bytes each; a file may hold ResNet-50's weights in that form. */
const MAX_NUMBERS = 64_000_000;

/** As deep as graphs in attributes of graphs may be nested. */
const MAX_DEPTH = 32;

type Budget = { messages: number; numbers: number };

/** @throws Error saying what there is too much of, or RangeError where the bytes end too early */
export function requireModestMessage(schema: DescMessage, bytes: Uint8Array): void {
  const budget = { messages: MAX_MESSAGES, numbers: MAX_NUMBERS };
  scan(schema, new BinaryReader(bytes), bytes.length, budget, MAX_DEPTH);
}

function scan(schema: DescMessage, reader: BinaryReader, end: number, budget: Budget, depth: number): void {
  if (depth === 0) throw new Error('its messages are nested too deeply');
  if (--budget.messages < 0) throw new Error(`it has more than ${MAX_MESSAGES} parts`);
  const fields = new Map(schema.fields.map((field) => [field.number, field]));
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    const inner = field && messageOf(field);
    if (inner && wireType === WireType.LengthDelimited) {
      const length = reader.uint32();
      if (reader.pos + length > end) throw new RangeError('it ends too early');
      scan(inner, reader, reader.pos + length, budget, depth - 1);
      continue;
    }
    const value = reader.skip(wireType, number, MAX_DEPTH);
    if (field && isNumeric(field)) budget.numbers -= numbersIn(value, wireType);
    if (budget.numbers < 0) throw new Error(`it has more than ${MAX_NUMBERS} numbers outside its raw data`);
  }
  if (reader.pos !== end) throw new RangeError('a part of it is longer than the whole');
}

function messageOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === 'message' || (field.fieldKind === 'list' && field.listKind === 'message')
    ? field.message
    : undefined;
}

function isNumeric(field: DescField): boolean {
  return (
    field.fieldKind === 'list' &&
    (field.listKind === 'scalar' || field.listKind === 'enum') &&
    field.packed !== undefined
  );
}

/** One, or for a packed list its varints: as many as there are bytes that end one. */
function numbersIn(value: Uint8Array, wireType: WireType): number {
  return wireType === WireType.LengthDelimited ? value.reduce((ends, byte) => (byte < 0x80 ? ends + 1 : ends), 0) : 1;
}
