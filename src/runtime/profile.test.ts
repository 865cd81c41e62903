/** Profiles as the runtime prints them. */
import { expect, test } from 'vitest';
import { operatorsOf } from './profile.ts';

const kernel = (operator: string, provider: string, dur: number): string =>
  `{"cat" : "Node","pid" :42,"dur" :${dur},"ts" :1,"ph" : "X","name" :"x_kernel_time","args" : {"op_name" : "${operator}","provider" : "${provider}"}},`;

test('sums kernels by operator and provider, the longest first, and passes over all else', () => {
  const text = [
    '[',
    '{"cat" : "Session","dur" :5,"name" :"session_initialization","args" : {}},',
    kernel('Conv', 'WebGpuExecutionProvider', 1500),
    kernel('QuantizeLinear', 'CPUExecutionProvider', 250),
    'something else on the console',
    kernel('Conv', 'WebGpuExecutionProvider', 500),
    '{"cat" : "Node", broken',
    ']',
  ].join('\n');
  expect(operatorsOf(text)).toEqual([
    { operator: 'Conv', provider: 'WebGpuExecutionProvider', count: 2, ms: 2 },
    { operator: 'QuantizeLinear', provider: 'CPUExecutionProvider', count: 1, ms: 0.25 },
  ]);
  expect(operatorsOf('')).toEqual([]);
});
