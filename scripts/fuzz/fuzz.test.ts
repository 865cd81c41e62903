import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { AcceptedFault, faultOf, FILE } from './faults.ts';
import { mutatedBytes, mutatedTree } from './mutate.ts';

const bytes = new TextEncoder().encode('{"size": 12, "name": "a file of some length"}');

test('a number says every mutation, and most change something', () => {
  const made = Array.from({ length: 200 }, (_, seed) => mutatedBytes(bytes, seededRandom(seed), bytes));
  expect(made).toEqual(Array.from({ length: 200 }, (_, seed) => mutatedBytes(bytes, seededRandom(seed), bytes)));
  expect(made.filter((each) => each.join() !== bytes.join()).length).toBeGreaterThan(150);
  expect(new TextDecoder().decode(bytes)).toContain('of some length');
});

test('a typed tree keeps the kinds of its parts, and the tree itself stays', () => {
  const tree = { size: 12n, list: [1, 2], name: 'x', data: new Uint8Array(4) };
  for (let seed = 0; seed < 200; seed++) {
    const made = mutatedTree(tree, seededRandom(seed), true);
    expect([typeof made.size, Array.isArray(made.list), typeof made.name]).toEqual(['bigint', true, 'string']);
    expect(made.data).toBeInstanceOf(Uint8Array);
  }
  expect(tree).toEqual({ size: 12n, list: [1, 2], name: 'x', data: new Uint8Array(4) });
});

test.each([
  ['a sentence that names the file', new Error(`${FILE} is damaged. Get it again.`), null],
  ['a raw error', new TypeError("Cannot read properties of undefined (reading 'a')"), /^raw/],
  ['a raw error behind the name', new Error(`${FILE}: Invalid typed array length: -1`), /^raw/],
  ['no name', new Error('It is damaged.'), /without the file/],
  ['what was accepted', new AcceptedFault('a scale of zero'), /^accepted/],
  ['no error', 'oh', /no Error/],
])('%s is judged', (_, error, fault) => {
  if (fault === null) expect(faultOf(error)).toBeNull();
  else expect(faultOf(error)).toMatch(fault);
});
