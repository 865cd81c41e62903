/** Every reader of what comes from outside, with its seeds and what must hold of what it accepts. */
import { parseChoices } from '../../src/app/screens/experiments/choices.ts';
import { writeSession, readSession } from '../../src/app/files/sessionFile.ts';
import { parseLink } from '../../src/app/state/link.ts';
import { initialState } from '../../src/app/state/state.ts';
import { reduce } from '../../src/app/state/reducer.ts';
import { runOfSettings, scoreOfSettings } from '../../src/app/testing/fakeLab.ts';
import { float32Settings, ptqSettings, qatSettings } from '../../src/contract/settings.ts';
import { gunzip } from '../../src/data/bytes/gzip.ts';
import { parseCifarBinary } from '../../src/data/formats/cifarBinary.ts';
import { parseCifarPython } from '../../src/data/formats/cifarPython.ts';
import { readImageHeader, requireWhole } from '../../src/data/formats/imageHeader.ts';
import { blobSource } from '../../src/data/import/byteSource.ts';
import { importImages } from '../../src/data/import/importImages.ts';
import { recognise } from '../../src/data/import/recognise.ts';
import { nodeDecode } from '../../src/data/node/decode.ts';
import { createMemoryStore } from '../../src/data/store/memoryStore.ts';
import { cifarBatch, cifarPickle, gzip, tar, zip, type Files } from '../../src/data/testing/archives.ts';
import { joinedParts, partsOf } from '../../src/data/testing/parquets.ts';
import { bmp, gif } from '../../src/data/testing/pictures.ts';
import { zipOf } from '../../src/data/testing/zips.ts';
import type { Bytes } from '../../src/data/types.ts';
import { externalFiles, withExternalData } from '../../src/onnx/read/external.ts';
import { parseOnnx } from '../../src/onnx/read/parse.ts';
import { readNetwork } from '../../src/onnx/read/read.ts';
import { parseCheckpoint, writeCheckpoint } from '../../src/tensor/train/checkpoint.ts';
import { refuseOtherFormat } from '../../src/weights/otherFormats.ts';
import { readWeights } from '../../src/weights/model.ts';
import { unpackTfjs } from '../../src/weights/tfjs/container.ts';
import { readTfjs } from '../../src/weights/tfjs/read.ts';
import { imageParquet } from '../../e2e/parquet.ts';
import * as accepted from './accepted.ts';
import { FILE } from './faults.ts';
import * as seeds from './seeds.ts';
import { bytesSeed, treeSeed, type Seed } from './seeds.ts';

export type Reader = {
  readonly name: string;
  readonly seeds: () => readonly Seed[] | Promise<readonly Seed[]>;
  /** Throws what the reader throws; an AcceptedFault where it accepts what cannot be true. */
  readonly read: (bytes: Bytes) => unknown;
};

const NORMALIZATION = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

const file = (bytes: Bytes) => ({ kind: 'file', source: blobSource(new Blob([bytes]), FILE) }) as const;

/** @param train where the file is no more than the test images of a set */
async function imported(bytes: Bytes, train?: Bytes): Promise<void> {
  const { manifest } = await importImages({
    name: FILE,
    inputs: train
      ? [
          { ...file(train), split: 'train' },
          { ...file(bytes), split: 'test' },
        ]
      : [file(bytes)],
    keepSide: 16,
    seed: 1,
    allowLeftOut: true,
    store: createMemoryStore(),
    whenFull: createMemoryStore(),
    decode: nodeDecode,
  });
  accepted.manifest(manifest);
}

const folders = (): Files => ({
  'set/train/cat/1.png': seeds.png(3, 1),
  'set/train/dog/2.png': seeds.png(4, 2),
  'set/val/cat/3.jpg': seeds.jpeg(8, 3),
  'set/val/dog/4.gif': gif(3, 3),
});

type Named = { readonly name: string; readonly content: Uint8Array };
const listed = (files: Files): Named[] => Object.entries(files).map(([name, content]) => ({ name, content }));
const filesOf = (list: readonly Named[]): Files =>
  Object.fromEntries(list.map(({ name, content }) => [name, content.slice() as Bytes]));

const rows = () => Array.from({ length: 8 }, (_, i) => ({ path: `${i}.png`, file: seeds.png(3, i), label: i % 2 }));

const cifar = (): Files => ({ 'data_batch_1.bin': cifarBatch(12, 1), 'test_batch.bin': cifarBatch(11, 2) });

function checkpoint(): Uint8Array<ArrayBuffer> {
  const array = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  return writeCheckpoint({
    step: 3,
    settings: { epochs: 1, seed: 1 } as never,
    weights: new Map([['a.kernel', array]]),
    velocities: new Map([['a.kernel', array]]),
    curve: [{ epoch: 0, steps: 3, loss: 1, accuracy: 0.5 }],
  });
}

function session(): unknown {
  const workload = { model: 'resnet20', dataset: 'cifar10-sample', images: 6, seed: 1 };
  const at = parseLink('#bits=3&range=kl').link;
  const results = [float32Settings(workload), ptqSettings(workload, 'modern', 4), qatSettings(workload, 'modern', 3)];
  const measured = results.reduce(
    (state, settings) => reduce(state, { kind: 'run', result: runOfSettings(settings, 2) }),
    initialState(at, new Map()),
  );
  const score = { ...scoreOfSettings(ptqSettings(workload, 'modern', 4), 1.5), top1: 0.5 };
  return JSON.parse(writeSession(reduce(measured, { kind: 'score', result: score })));
}

function readLink(bytes: Bytes): void {
  const { link, problems } = parseLink(new TextDecoder().decode(bytes));
  accepted.seen('a dataset', link.dataset);
  for (const problem of problems) accepted.seen('a problem', problem);
}

function readPicture(bytes: Bytes): Promise<unknown> {
  requireWhole(bytes, FILE);
  readImageHeader(bytes, FILE);
  return nodeDecode(bytes, FILE);
}

export const READERS: readonly Reader[] = [
  {
    name: 'safetensors',
    seeds: seeds.safetensorsSeeds,
    read(bytes) {
      refuseOtherFormat(bytes, FILE);
      accepted.floatModel(readWeights(bytes, FILE, { normalization: NORMALIZATION }).model);
    },
  },
  {
    name: 'onnx',
    seeds: seeds.onnxSeeds,
    read(bytes) {
      externalFiles(bytes);
      const read = readNetwork(parseOnnx(bytes, FILE), { normalization: NORMALIZATION, inputSize: 8 });
      if (read.kind === 'quantized') accepted.quantizedModel(read.model);
      else accepted.floatModel(read.model);
    },
  },
  {
    name: 'layers model',
    seeds: seeds.layersModelSeeds,
    read(bytes) {
      const read = readTfjs(unpackTfjs(bytes, FILE), FILE, { assumed: NORMALIZATION, inputSize: 8 });
      accepted.floatModel(read.model);
    },
  },
  {
    name: 'onnx with external data',
    seeds: seeds.onnxSeeds,
    read: (bytes) => withExternalData(bytes, FILE, new Map([['x.data', new Uint8Array(100)]])),
  },
  {
    name: 'zip',
    seeds: () => [
      bytesSeed(zip(folders())),
      bytesSeed(zipOf(listed(folders()), { zip64: true })),
      treeSeed(listed(folders()), (files) => zipOf(files)),
      treeSeed(listed(folders()), (files) => zipOf(files, { method: 0, flags: 2048 })),
    ],
    read: (bytes) => imported(bytes),
  },
  {
    name: 'tar',
    seeds: async () => [
      bytesSeed(await tar(folders())),
      bytesSeed(await tar(cifar())),
      treeSeed(listed(folders()), (files) => tar(filesOf(files))),
    ],
    read: (bytes) => imported(bytes),
  },
  {
    name: 'tar.gz',
    seeds: async () => [
      bytesSeed(await gzip(await tar(folders()))),
      treeSeed({ tar: await tar(folders()) }, ({ tar: inner }) => gzip(inner)),
      treeSeed({ tar: await tar(cifar()) }, ({ tar: inner }) => gzip(inner)),
    ],
    read: (bytes) => imported(bytes),
  },
  {
    name: 'gzip',
    seeds: async () => [bytesSeed(await gzip(cifarBatch(2, 1)))],
    read: (bytes) => gunzip(bytes, FILE, 100_000),
  },
  {
    name: 'parquet',
    seeds: () => [
      bytesSeed(imageParquet(rows(), ['cat', 'dog'])),
      ...[true, false].map((typed) => treeSeed(partsOf(imageParquet(rows(), ['cat', 'dog'])), joinedParts, typed)),
      treeSeed(['cat', 'dog'], (classes) => imageParquet(rows(), classes)),
      treeSeed(rows(), (changed) =>
        imageParquet(
          changed.map((row) => ({ ...row, label: Math.trunc(row.label) || 0 })),
          ['cat', 'dog'],
        ),
      ),
    ],
    read: (bytes) => imported(bytes, imageParquet(rows(), ['cat', 'dog']) as Bytes),
  },
  {
    name: 'pictures',
    seeds: () =>
      [seeds.png(5, 1), seeds.jpeg(9, 2), gif(4, 4), gif(4, 4, { interlaced: true }), bmp(3, 3, 24), bmp(3, 3, 4)].map(
        bytesSeed,
      ),
    read: readPicture,
  },
  {
    name: 'WebP and AVIF',
    seeds: () => [...seeds.webps(), seeds.avif()].map(bytesSeed),
    read(bytes) {
      readImageHeader(bytes, FILE);
      requireWhole(bytes, FILE);
    },
  },
  {
    name: 'CIFAR binary',
    seeds: () => [bytesSeed(cifarBatch(3, 1))],
    read: (bytes) => parseCifarBinary(bytes, FILE),
  },
  {
    name: 'CIFAR pickle',
    seeds: () => [bytesSeed(cifarPickle(cifarBatch(3, 1)))],
    read: (bytes) => parseCifarPython(bytes, FILE),
  },
  {
    name: 'content',
    seeds: () => [seeds.png(3, 1), cifarBatch(1, 1), zip(cifar())].map(bytesSeed),
    read: (bytes) => recognise(bytes.subarray(0, 512)),
  },
  {
    name: 'session',
    seeds: () => [bytesSeed(seeds.json(session())), treeSeed(session(), seeds.json, false)],
    read(bytes) {
      const { link, ...results } = readSession(new TextDecoder().decode(bytes), FILE);
      accepted.results(results);
      accepted.seen('a dataset', link.dataset);
    },
  },
  {
    name: 'link',
    seeds: () =>
      [
        '#screen=layers&model=resnet20&dataset=cats&side=64&images=20&bits=4&preset=2021&seed=7&hide=bits,files',
        '#theme=dark&view=projector&layer=layer1.0.conv1&range=percentile:99.9&granularity=perTensor&first-last=4&repair=gptq,bias',
      ].flatMap((link) => [
        bytesSeed(seeds.text(link)),
        treeSeed([...new URLSearchParams(link.slice(1))], (pairs) =>
          seeds.text(`#${new URLSearchParams(pairs).toString()}`),
        ),
      ]),
    read: readLink,
  },
  {
    name: 'checkpoint',
    seeds: () => [bytesSeed(checkpoint()), seeds.safetensorsOf(checkpoint())],
    read: (bytes) => parseCheckpoint(bytes, FILE),
  },
  {
    name: 'choices',
    seeds: () => [
      treeSeed(
        { models: ['resnet20'], datasets: ['cifar10'], methods: ['ptq'], bits: [8], images: 20 },
        seeds.json,
        false,
      ),
    ],
    read: (bytes) => parseChoices(new TextDecoder().decode(bytes)),
  },
];
