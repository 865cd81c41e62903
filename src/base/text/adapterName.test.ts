import { expect, test } from 'vitest';
import { adapterName } from './adapterName.ts';

test.each([
  ['nvidia', '', 'nvidia-h200', 'NVIDIA: 580.159.04', 'nvidia-h200, NVIDIA: 580.159.04'],
  ['google', 'swiftshader', '0xc0de', 'SwiftShader driver 5.0.0', 'SwiftShader driver 5.0.0'],
  ['nvidia', 'ampere', '', '', 'nvidia ampere'],
  ['apple', 'metal-3', 'apple-m2', 'Apple M2', 'apple-m2, Apple M2'],
  ['intel', '', 'Iris Xe', 'Intel(R) Iris Xe Graphics', 'Intel(R) Iris Xe Graphics'],
  ['', '', '', '', 'unnamed GPU'],
])('%s %s %s %s is called %s', (vendor, architecture, device, description, name) => {
  expect(adapterName({ vendor, architecture, device, description })).toBe(name);
});
