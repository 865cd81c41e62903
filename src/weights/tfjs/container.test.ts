import { expect, test } from 'vitest';
import { teachable } from '../testing/teachable.ts';
import { isTfjsContainer, packTfjs, unpackTfjs } from './container.ts';

const files = {
  model: teachable().model,
  shards: teachable().shards,
  metadata: teachable().metadata,
  chosen: 'signed',
};

test('the files of a model survive as one', () => {
  for (const each of [files, { ...files, metadata: null, chosen: null }]) {
    const packed = packTfjs(each);
    expect(isTfjsContainer(packed.subarray(0, 64))).toBe(true);
    expect(unpackTfjs(packed, 'f')).toEqual(each);
  }
});

test('one that is cut, longer, or says sizes that it has not is refused', () => {
  const packed = packTfjs(files);
  for (const cut of [40, 60, 200, packed.length - 1])
    expect(() => unpackTfjs(packed.slice(0, cut), 'f')).toThrow('f is damaged or cut short');
  const longer = new Uint8Array(packed.length + 1);
  longer.set(packed);
  expect(() => unpackTfjs(longer, 'f')).toThrow('f is damaged');
  const lying = packed.slice();
  new DataView(lying.buffer).setUint32(27, 2 ** 31, true);
  expect(() => unpackTfjs(lying, 'f')).toThrow('f is damaged');
});
