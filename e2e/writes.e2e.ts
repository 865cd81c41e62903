/** A write to the browser's storage that fails once: nothing is lost that is not said, and the page goes on. */
import { expect, test } from '@playwright/test';
import { bmp } from '../src/data/testing/pictures.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import { serveBuild, thisBuild, type StaticServer } from './static.ts';

/** In front of a worker's own code: the first write to one store fails, whoever makes it. */
const firstWriteFails = (store: string, how: string): string => `{
  const { put } = IDBObjectStore.prototype;
  let left = 1;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name !== '${store}' || left-- <= 0) return put.apply(this, args);
    const request = put.apply(this, args);
    ${how}
    return request;
  };
}
`;

const FAILURES: readonly (readonly [name: string, how: string])[] = [
  ['is aborted', 'this.transaction.abort();'],
  ['finds the storage full', "throw new DOMException('No room.', 'QuotaExceededError');"],
  ['fails for a reason that nobody knows', "throw new DOMException('The disk hiccuped.', 'UnknownError');"],
];

async function serveWith(worker: RegExp, code: string): Promise<StaticServer> {
  const server = await serveBuild({ isolated: true });
  const own = new Map([...thisBuild()].filter(([path]) => worker.test(path)));
  server.trouble((path) => (own.has(path) ? { text: `${code}${own.get(path)?.toString()}` } : null));
  return server;
}

const SET = zipOf(
  ['train/cat', 'train/dog', 'val/cat', 'val/dog'].flatMap((folder, f) =>
    Array.from({ length: 5 }, (_, i) => ({
      name: `set/${folder}/${i}.bmp`,
      content: bmp(32, 32, 24).fill(f * 40 + i, 54),
    })),
  ),
);

for (const [name, how] of FAILURES)
  test(`an import of which one write ${name} comes in whole`, async ({ page }) => {
    const server = await serveWith(/^assets\/datasetsWorker-/, firstWriteFails('shards', how));
    try {
      await page.route(/\/assets\/labWorker-/, (route) => route.abort());
      await page.goto(`${server.address}#screen=data&hide=guess`);
      await page
        .getByLabel('Or choose files')
        .setInputFiles({ name: 'set.zip', mimeType: 'application/zip', buffer: Buffer.from(SET) });
      await expect(page.getByTestId('dataset-set')).toHaveAttribute('data-state', 'ready');
      await expect(page.getByTestId('dataset-set')).toContainText('10 training and 10 test images');
    } finally {
      server.close();
    }
  });

for (const [name, how] of FAILURES)
  test(`a training of which one write ${name} goes on, and what is kept later is there after a reload`, async ({
    page,
  }) => {
    const server = await serveWith(/^assets\/labWorker-/, firstWriteFails('checkpoints', how));
    const training = page.getByTestId('training');
    const button = (text: string) => page.getByRole('button', { name: text, exact: true });
    try {
      await page.goto(`${server.address}#screen=staircase&backend=wasm&images=20&calibration=32&bits=4&preset=2021`);
      await expect(training).toHaveAttribute('data-status', 'ready');
      for (const step of ['1', '2']) {
        await button('One step').click();
        await expect(training).toHaveAttribute('data-step', step);
        await expect(training).toHaveAttribute('data-status', 'ready');
      }
      await page.reload();
      await expect(training).toHaveAttribute('data-step', '2');
    } finally {
      server.close();
    }
  });
