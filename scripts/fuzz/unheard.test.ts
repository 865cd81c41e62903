import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { hearing } from './unheard.ts';

test('a failure that nobody hears is one of the case that left it', async () => {
  const source = new EventEmitter();
  const late = new Error('late');
  const heard = await hearing(() => {
    setImmediate(() => source.emit('unhandledRejection', late, Promise.resolve()));
    return Promise.resolve(1);
  }, source);
  expect(heard).toEqual({ value: 1, unheard: 'Error: late' });
  const thrown = await hearing(() => Promise.resolve(source.emit('uncaughtException', 'text')), source);
  expect(thrown).toEqual({ value: true, unheard: 'text' });
  expect(await hearing(() => Promise.resolve(2), source)).toEqual({ value: 2, unheard: null });
  expect(source.eventNames()).toEqual([]);
});
