import { expect, test } from 'vitest';
import type { DatasetCallOptions, Datasets } from '../../lab/rpc/datasetsClient.ts';
import type { DatasetCallKind, DatasetCalls, DatasetList } from '../../contract/calls/data.ts';
import { createDatasetsStore } from './datasetsStore.ts';

const LIST: DatasetList = { datasets: [], weights: [], persisted: false, usage: 1, quota: 2 };

type Asked = {
  readonly kind: DatasetCallKind;
  readonly args: unknown;
  readonly options: DatasetCallOptions;
  readonly answer: (result: never) => void;
  readonly fail: (error: Error) => void;
};

/** Answers `list` at once, and the rest when the test says so. */
function open(persist = async (): Promise<boolean> => true) {
  const asked: Asked[] = [];
  const call = (<K extends DatasetCallKind>(
    kind: K,
    args: DatasetCalls[K]['args'],
    options: DatasetCallOptions = {},
  ) =>
    kind === 'list'
      ? Promise.resolve(LIST)
      : new Promise((resolve, reject) => {
          options.signal?.addEventListener('abort', () => reject(new DOMException('paused', 'AbortError')));
          asked.push({ kind, args, options, answer: resolve, fail: reject });
        })) as Datasets['call'];
  let ms = 0;
  return { asked, store: createDatasetsStore({ call }, persist, () => (ms += 1000)) };
}

const LINK = { kind: 'link', url: 'https://example.org/a.tgz' } as const;

test('an import is shown while it runs, with its speed, and one at a time', async () => {
  const { asked, store } = open();
  const done = store.start('cifar10', LINK);
  void store.start('imagenette', LINK);
  expect(asked).toHaveLength(1);
  expect(asked[0].args).toEqual({ name: 'cifar10', from: LINK });
  for (const doneBytes of [0, 2e6]) asked[0].options.onProgress?.({ doneBytes, totalBytes: 10e6, images: 0 });
  expect(store.getState().importing).toEqual({
    name: 'cifar10',
    report: { doneBytes: 2e6, totalBytes: 10e6, images: 0 },
    speed: 2e6,
  });
  asked[0].answer({ name: 'cifar10', message: 'The storage is full.' } as never);
  await done;
  expect(store.getState()).toMatchObject({ importing: null, list: LIST, changes: 1 });
  expect(store.getState().message).toMatch(/^The storage is full\. Not taken: https:\/\/example\.org\/a\.tgz\./);
});

test('what is brought while an import runs is named, and still named when that has ended', async () => {
  const { asked, store } = open();
  const done = store.start('cifar10', LINK);
  const file = new File(['x'], 'a.png');
  const files = ['cats/a.png', 'cats/b.png', 'dogs/a.png'].map((path) => ({ path, file }));
  await store.start(null, { kind: 'files', files });
  expect(asked).toHaveLength(1);
  expect(store.getState().message).toMatch(/^Not taken: cats, dogs\. Another import/);
  asked[0].answer({ name: 'cifar10', message: 'Two files are left out.' } as never);
  await done;
  expect(store.getState().message).toMatch(/^Two files are left out\. Not taken: cats, dogs\./);
  const next = store.start('cifar10', LINK);
  asked[1].answer({ name: 'cifar10', message: null } as never);
  await next;
  expect(store.getState().message).toBeNull();
});

test('a pause says nothing, a failure its sentence', async () => {
  const { asked, store } = open();
  const paused = store.start(null, LINK);
  store.pause();
  await paused;
  expect(store.getState()).toMatchObject({ importing: null, message: null });
  const failed = store.start(null, LINK);
  asked[1].fail(new Error('a.tgz is damaged.'));
  await failed;
  expect(store.getState().message).toBe('a.tgz is damaged.');
});

test.each([
  [true, 'granted'],
  [false, 'refused'],
] as const)("the browser's answer %s to the wish to keep it is known", async (answer, known) => {
  const { asked, store } = open(async () => answer);
  expect(store.getState().persist).toBeNull();
  const done = store.start(null, LINK);
  asked[0].answer({ name: 'a', message: null } as never);
  await done;
  expect(store.getState().persist).toBe(known);
});

test('a browser that cannot be asked is no failure', async () => {
  const { asked, store } = open(async () => {
    throw new TypeError('no storage manager');
  });
  const done = store.start(null, LINK);
  asked[0].answer({ name: 'a', message: null } as never);
  await done;
  expect(store.getState()).toMatchObject({ persist: null, message: null });
});

test('a check says how it went, and what is here is asked anew', async () => {
  const { asked, store } = open();
  const checked = store.check('cifar10');
  asked[0].answer({ message: 'CIFAR-10 is as it was imported: 44 parts compared.' } as never);
  await checked;
  expect(store.getState()).toMatchObject({ message: 'CIFAR-10 is as it was imported: 44 parts compared.', list: LIST });
});

const FILES = { kind: 'files', files: [] } as const;
const described = (more: object) => ({
  classes: [],
  leftOut: {},
  examples: {},
  warnings: [],
  notes: [],
  readings: [],
  ambiguous: false,
  ...more,
});

test('files are looked at first, and what is clear comes in without a question', async () => {
  const { asked, store } = open();
  const done = store.start(null, FILES);
  expect(asked.map(({ kind }) => kind)).toEqual(['describe']);
  asked[0].answer(described({}) as never);
  await expect.poll(() => asked.length).toBe(2);
  expect([asked[1].kind, asked[1].args]).toEqual(['import', { name: null, from: FILES }]);
  asked[1].answer({ name: 'a', message: null } as never);
  await done;
  expect(store.getState()).toMatchObject({ question: null, importing: null });
});

test('an unclear layout is asked about; the answer goes with the import', async () => {
  const { asked, store } = open();
  const looked = store.start(null, FILES);
  asked[0].answer(described({ ambiguous: true }) as never);
  await looked;
  expect(store.getState().question).toMatchObject({ kind: 'classes' });
  expect(asked).toHaveLength(1);
  const done = store.goOn('2');
  expect(asked[1].args).toEqual({ name: null, from: FILES, reading: '2' });
  asked[1].answer({ name: 'a', message: null } as never);
  await done;
  expect(store.getState().question).toBeNull();
});

test('pictures that would be left out are asked about, allowed or the set removed', async () => {
  const { asked, store } = open();
  const first = store.start(null, LINK);
  asked[0].answer({ name: 'a', message: null, question: '3 of 13' } as never);
  await first;
  expect(store.getState().question).toEqual({ kind: 'leftOut', name: 'a', message: '3 of 13' });
  const again = store.goOn();
  expect(asked[1].args).toEqual({ name: 'a', from: LINK, allowLeftOut: true });
  asked[1].answer({ name: 'a', message: null, question: '3 of 13' } as never);
  await again;
  const left = store.leave();
  expect([asked[2].kind, asked[2].args]).toEqual(['remove', { name: 'a' }]);
  asked[2].answer(null as never);
  await left;
  expect(store.getState().question).toBeNull();
});

const file = (name: string) => ({ path: name, file: new File([], name) });
const filesNamed = (...names: string[]) => ({ kind: 'files' as const, files: names.map(file) });

test('a second file that is missing is asked for; what comes then is taken together with the first', async () => {
  const { asked, store } = open();
  const first = store.start(null, filesNamed('a.onnx'), 'cifar10');
  asked[0].answer(null as never);
  await expect.poll(() => asked.length).toBe(2);
  asked[1].answer({ name: 'weights:own', message: null, missing: ['a.onnx.data'] } as never);
  await first;
  expect(store.getState()).toMatchObject({ question: { kind: 'parts', missing: ['a.onnx.data'] }, changed: [] });
  const again = store.start(null, filesNamed('a.onnx.data'), 'cifar10');
  asked[2].answer(null as never);
  await expect.poll(() => asked.length).toBe(4);
  expect(asked[3].args).toMatchObject({
    from: { files: [{ path: 'a.onnx' }, { path: 'a.onnx.data' }] },
    normalization: 'cifar10',
  });
  asked[3].answer({ name: 'weights:own', message: null } as never);
  await again;
  expect(store.getState()).toMatchObject({ question: null, changed: ['weights:own'] });
});

test('what came or became another is noted once', async () => {
  const { asked, store } = open();
  const chosen = store.normalize('weights:own', 'signed');
  expect([asked[0].kind, asked[0].args]).toEqual(['normalize', { name: 'weights:own', normalization: 'signed' }]);
  asked[0].answer(null as never);
  await chosen;
  expect(store.takeChanged()).toEqual(['weights:own']);
  expect(store.takeChanged()).toEqual([]);
});

test('a cancel ends the import and removes what it wrote, whatever the set is called', async () => {
  const { asked, store } = open();
  const done = store.start(null, LINK);
  asked[0].options.onProgress?.({ doneBytes: 0, totalBytes: null, images: 0, name: 'holiday' });
  store.cancel();
  await expect.poll(() => asked.at(1)).toMatchObject({ kind: 'remove', args: { name: 'holiday' } });
  asked[1].answer(null as never);
  await done;
  expect(store.getState()).toMatchObject({ importing: null, message: null });
  const paused = store.start(null, LINK);
  store.pause();
  await paused;
  expect(
    asked.map(({ kind }) => kind),
    'a pause removes nothing',
  ).toEqual(['import', 'remove', 'import']);
});

test('what will take much room is said before it is written, with the room that there is', async () => {
  const { asked, store } = open();
  await store.refresh();
  const file = { path: 'photos.tgz', file: new File([new Uint8Array(8e6)], 'photos.tgz') };
  const describe = (images: number) =>
    ({ classes: [{ name: 'cat', train: images, test: 0 }], warnings: [], ambiguous: false, readings: [] }) as never;
  const looking = store.start(null, { kind: 'files', files: [file] });
  asked[0].answer(describe(1000));
  await looking;
  expect(asked.map(({ kind }) => kind)).toEqual(['describe']);
  expect(store.getState().question).toMatchObject({ kind: 'classes', size: { bytes: 102_240_000, free: 1 } });
  void store.goOn();
  expect(asked.at(1)?.kind).toBe('import');
});
