/** Every refusal of what people bring: each says what the file is, what stands in the way, and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DroppedFile } from '../src/contract/calls/data.ts';
import { nodeDecode } from '../src/data/node/decode.ts';
import { createMemoryStore } from '../src/data/store/memoryStore.ts';
import { cifarBatch, tar, zip } from '../src/data/testing/archives.ts';
import { bmp } from '../src/data/testing/pictures.ts';
import { zipOf } from '../src/data/testing/zips.ts';
import { initialWeights } from '../src/graph/init.ts';
import { mobilenetV2 } from '../src/graph/networks/mobilenet.ts';
import { resnet20 } from '../src/graph/networks/resnet.ts';
import type { NamedArray } from '../src/graph/types.ts';
import { datasetsAnswers } from '../src/lab/hosts/datasetsAnswers.ts';
import { onCodes, silent } from '../src/onnx/testing/foreign.ts';
import { withSeededWeights } from '../src/onnx/testing/seededModel.ts';
import { changedModel, linear, SIDE, spelled } from '../src/onnx/testing/spelled.ts';
import type { Pen, Spelling } from '../src/onnx/testing/spelled.ts';
import { writeQdqOnnx } from '../src/onnx/write/qdq.ts';
import { schemeFor } from '../src/quant/schemes.ts';
import { fromGraphWeights } from '../src/weights/names.ts';
import { writeSafetensors } from '../src/weights/safetensors.ts';
import { fileOfMobile, torchvision } from '../src/weights/testing/mobileNames.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const latin = (text: string): Bytes => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const file = (path: string, content: Uint8Array): DroppedFile => ({
  path,
  file: new File([new Uint8Array(content)], path.split('/').at(-1) ?? path),
});

/** What the page's worker answers to files that are dropped. */
async function refusal(files: readonly DroppedFile[]): Promise<string> {
  const [store, memory] = [createMemoryStore(), createMemoryStore()];
  const answers = datasetsAnswers(
    async () => ({ store, memory, parts: null, decode: nodeDecode }),
    async () => ({ cache: null, memory: new Map() }),
  );
  const args = { name: null, from: { kind: 'files', files } } as const;
  const control = { report: () => undefined, signal: new AbortController().signal };
  try {
    await answers.describe(args, control);
    const { name, message } = await answers.import(args, control);
    return `taken as ${name}: ${message ?? 'without a word'}`;
  } catch (error) {
    expect(await store.manifests(), 'nothing is kept').toEqual([]);
    return (error as Error).message;
  }
}

let drawn = 0;
function picture(): Bytes {
  const made = bmp(32, 32, 24);
  made[54 + (drawn % 3000)] ^= 1 + Math.floor(drawn++ / 3000);
  return made;
}
const pictures = (folder: string, count: number): Record<string, Bytes> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}${i}.bmp`, picture()]));
const PETS = { ...pictures('cat/', 5), ...pictures('dog/', 5) };
const zipped = Object.entries(PETS).map(([name, content]) => ({ name, content }));
const dropped = (files: Readonly<Record<string, Uint8Array>>): DroppedFile[] =>
  Object.entries(files).map(([path, content]) => file(path, content));

const tail = (pen: Pen, image: string): string =>
  linear(pen, pen.op('Flatten', [pen.op('GlobalAveragePool', [image])]));
const onnx = (body: NonNullable<Spelling['body']>, more: Partial<Spelling> = {}): DroppedFile[] => [
  file('net.onnx', spelled({ tail, body, ...more })),
];
const first = ({ op, floats }: Pen, input: string, channels = 3): string =>
  op('Conv', [input, floats([6, channels, 3, 3])], { pads: [1, 1, 1, 1] });

const graph = resnet20(3);
const weights = fromGraphWeights(graph, initialWeights(graph, 1));
const safetensors = writeSafetensors(weights, { dtype: 'F32' });
const without = (part: RegExp): Bytes =>
  writeSafetensors(new Map([...weights].filter(([name]) => !part.test(name))), { dtype: 'F32' });
const mobileGraph = mobilenetV2({ width: 0.1, classes: 3 });
const mobileWeights = initialWeights(mobileGraph, 1);
const mobile = (change: (tensors: Map<string, NamedArray>) => void): Bytes =>
  fileOfMobile(mobileGraph, mobileWeights, torchvision, change);
function asV3(tensors: Map<string, NamedArray>): void {
  for (const [name, array] of [...tensors]) {
    tensors.delete(name);
    tensors.set(name.replace('.conv.', '.block.'), array);
  }
}
const quantized = silent(writeQdqOnnx(withSeededWeights(graph, schemeFor('modern', 8, 8)), { weights: 'int8' }));
const fixture = (name: string): Bytes =>
  new Uint8Array(readFileSync(join(import.meta.dirname, '..', 'src', 'data', 'testing', 'fixtures', name)));

/** Each row: what it is, the files, and what of the sentence says what they are and what stands in the way. */
const REFUSALS: readonly (readonly [kind: string, files: DroppedFile[], says: string])[] = [
  ['nothing', [], 'Nothing was dropped'],
  ['an empty file', [file('a.zip', new Uint8Array())], 'a.zip is empty: get the file again'],
  ['password', [file('pets.zip', zipOf(zipped, { flags: 1 }))], 'pets.zip cannot be opened: it has a password'],
  ['deflate64', [file('pets.zip', zipOf(zipped, { method: 9 }))], 'pets.zip is packed with Deflate64'],
  ['cut zip', [file('pets.zip', zipOf(zipped).slice(0, 9000))], 'pets.zip is damaged or cut short'],
  ['empty zip', [file('pets.zip', zipOf([]))], 'pets.zip is an empty archive'],
  [
    'zip in zip',
    [file('pets.zip', zipOf([{ name: 'pets.zip', content: zip(PETS) }]))],
    'pets.zip holds another archive (pets.zip) and no pictures',
  ],
  ['cut tar', [file('pets.tar', (await tar(PETS)).slice(0, 9000))], 'pets.tar is damaged or cut short'],
  [
    'rar',
    [file('pets.rar', latin('Rar!\x1a\x07\x01\x00'))],
    'pets.rar is an archive in RAR, which is not unpacked here',
  ],
  ['7z', [file('pets.7z', latin('7z\xbc\xaf\x27\x1c'))], 'pets.7z is an archive in 7z, which is not unpacked here'],
  ['xz', [file('pets.tar.xz', latin('\xfd7zXZ\0'))], 'pets.tar.xz is an archive in xz, which is not unpacked here'],
  ['one picture', [file('cat.bmp', picture())], 'cat.bmp is one picture'],
  ['web page', [file('pets.zip', latin('<!doctype html><title>Log in'))], 'pets.zip is a web page, not the dataset'],
  ['csv', [file('labels.csv', latin('name,label\n1.jpg,cat\n'))], 'labels.csv is no archive that Fewbit knows'],
  ['video', [file('cat.mp4', latin('\0\0\0\x18ftypmp42'))], 'cat.mp4 is no archive that Fewbit knows'],
  [
    'cifar cut',
    [file('a.tar', await tar({ 'data_batch_1.bin': cifarBatch(3, 1).slice(0, 5000) }))],
    'data_batch_1.bin is 5000 bytes long, which is no multiple of 3073',
  ],
  ['no class folders', dropped(pictures('', 5)), "0.bmp lies in no class's folder"],
  ['one class', dropped(pictures('pets/', 5)), 'pets has 1 class;'],
  ['one class below', dropped(pictures('pets/cat/', 5)), 'pets has 1 class;'],
  ['only texts', dropped({ 'a/b.txt': latin('x'), 'a/c.txt': latin('y') }), 'a holds no JPEG or PNG images in folders'],
  [
    'only unreadable',
    dropped({ 'a/b.tif': latin('II*\0\x08\0\0\0'), 'b/c.tif': latin('II*\0\x09\0\0\0') }),
    'None of the 2 pictures of a and 1 more can be read. a/b.tif is neither JPEG nor PNG but TIFF',
  ],
  [
    'parquet text',
    [file('t.parquet', fixture('text-column.parquet'))],
    't.parquet is no image dataset in parquet: it needs one column of images',
  ],
  [
    'parquet label',
    [file('t.parquet', fixture('text-label.parquet'))],
    't.parquet is no image dataset in parquet: it needs a column of whole numbers named label',
  ],
  [
    'parquet 99',
    [file('t.parquet', fixture('label-99.parquet'))],
    'the label of t.parquet, row 0 is 3, but there are 2 classes',
  ],
  [
    'parquet cut',
    [file('t.parquet', fixture('cifar-40.parquet').slice(0, 60_000))],
    't.parquet is damaged or cut short',
  ],
  ['pth', [file('net.pth', latin('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'))], 'net.pth is a PyTorch file'],
  ['pth zip', [file('net.pt', zipOf([{ name: 'net/data.pkl', content: latin('x') }]))], 'net.pt is a PyTorch file'],
  ['h5', [file('net.h5', latin('\x89HDF\r\n\x1a\n'))], 'net.h5 is a Keras or TensorFlow file'],
  [
    'keras',
    [file('net.keras', zipOf([{ name: 'metadata.json', content: latin('{}') }]))],
    'net.keras is a Keras or TensorFlow file',
  ],
  ['npz', [file('net.npz', zipOf([{ name: 'conv1.npy', content: latin('\x93NUMPY') }]))], 'net.npz is a NumPy file'],
  ['tflite', [file('net.tflite', latin('\x1c\0\0\0TFL3'))], 'net.tflite is a TensorFlow Lite file'],
  ['pb', [file('saved_model.pb', latin('\x08\x01'))], 'saved_model.pb is a TensorFlow graph'],
  ['mlmodel', [file('net.mlmodel', latin('\x08\x01'))], 'net.mlmodel is a Core ML model'],
  ['gguf', [file('net.gguf', latin('GGUF\x03'))], 'net.gguf is a GGUF file, which holds language models'],
  ['data alone', [file('net.onnx.data', new Uint8Array(99))], 'net.onnx.data is the second file of an ONNX export'],
  [
    'two networks',
    [file('a.onnx', quantized), file('b.safetensors', safetensors)],
    '2 networks were given (a.onnx, b.safetensors)',
  ],
  ['onnx noise', [file('net.onnx', latin('hello'))], 'net.onnx: it is damaged or no ONNX file'],
  ['onnx cut', [file('net.onnx', quantized.slice(0, 9000))], 'net.onnx: it is damaged or no ONNX file'],
  ['onnx empty', [file('net.onnx', new Uint8Array())], 'net.onnx: this is no ONNX model: it has no operators'],
  ['sigmoid', onnx((pen, input) => pen.op('Sigmoid', [first(pen, input)])), 'net.onnx: the operator Sigmoid'],
  [
    'grouped',
    onnx((pen, input) => pen.op('Conv', [first(pen, input), pen.floats([6, 2, 1, 1])], { group: 3 })),
    'is grouped: it has 3 groups, as in ResNeXt and RegNet',
  ],
  [
    'clip from one',
    onnx((pen, input) => pen.op('Clip', [first(pen, input), pen.floats([], [1]), pen.floats([], [6])])),
    'clips to 1 and 6: only a ReLU, or one with a bound as ReLU6 has it, can be imported',
  ],
  [
    'concat',
    onnx((pen, input) => pen.op('Concat', [first(pen, input), first(pen, input)], { axis: 1 })),
    'joins 2 tensors, as DenseNet, Inception and SqueezeNet do',
  ],
  [
    'dilated',
    onnx(({ op, floats }, x) => op('Conv', [x, floats([6, 3, 3, 3])], { dilations: [2, 2] })),
    'net.onnx: Conv (/Conv 1::out) is dilated',
  ],
  [
    'grey',
    onnx(({ op, floats }, x) => op('Conv', [x, floats([6, 1, 1, 1])]), { dims: [1, SIDE, SIDE] }),
    'net.onnx: it takes images of one channel (grey)',
  ],
  [
    'average',
    onnx((pen, x) => pen.op('Relu', [pen.op('AveragePool', [first(pen, x)], { kernel_shape: [2, 2] })])),
    'must follow conv or add directly',
  ],
  [
    'flat',
    onnx(first, { tail: ({ op, floats }, x) => op('Gemm', [op('Flatten', [x]), floats([6 * SIDE * SIDE, 4])]) }),
    'reads all 8 x 8 pixels of 6 channels',
  ],
  [
    'no classifier',
    onnx(first, { tail: (pen, x) => pen.op('Relu', [x]) }),
    'net.onnx: its output logits is not what a Gemm at its end gives',
  ],
  [
    'dynamic',
    [
      file(
        'q.onnx',
        changedModel(quantized, ({ graph: g }) => void (g && (g.node[g.node.length - 1].opType = 'MatMulInteger'))),
      ),
    ],
    'q.onnx: MatMulInteger rounds activations on a grid of each image',
  ],
  [
    'qlinearconcat',
    [
      file(
        'q.onnx',
        changedModel(onCodes(quantized), ({ graph: g }) =>
          g?.node.forEach((n) => {
            if (n.opType === 'QLinearAdd') n.opType = 'QLinearConcat';
          }),
        ),
      ),
    ],
    'q.onnx: the operator com.microsoft.QLinearConcat',
  ],
  [
    'safetensors cut',
    [file('net.safetensors', safetensors.slice(0, 9000))],
    'net.safetensors cannot be read as safetensors: its header should have',
  ],
  ['no fc', [file('net.safetensors', without(/^fc/))], 'net.safetensors has no classifier'],
  [
    'no bn',
    [file('net.safetensors', without(/^layer1.0.bn1/))],
    'net.safetensors has 1 batch norms for 2 convolutions in block 0 of stage 1',
  ],
  [
    'mobilenet cut',
    [
      file(
        'net.safetensors',
        mobile((t) => t.delete('features.4.conv.2.weight')),
      ),
    ],
    'lacks features.4.conv.2.weight',
  ],
  ['mobilenet v3', [file('net.safetensors', mobile(asV3))], 'net.safetensors holds a MobileNetV3'],
  [
    'half a relu6',
    onnx((pen, input) => first(pen, pen.op('Min', [first(pen, input), pen.floats([], [6])]), 6)),
    'reads what is held at 6 from above and at nothing from below',
  ],
  [
    'lora',
    [
      file(
        'l.safetensors',
        writeSafetensors(new Map([['lora.up', { shape: [2], data: new Float32Array(2) }]]), { dtype: 'F32' }),
      ),
    ],
    'l.safetensors holds a network of another kind',
  ],
];

/** What a person is to do now, as each sentence ends. */
const ADVICE =
  /\b(?:[Uu]npack|[Dd]rop|[Ee]xport|[Ss]ave|[Cc]onvert|[Gg]et the file|[Cc]hoose|[Pp]ut the|[Bb]ring|[Uu]se|Quantize|[Dd]ownload|Open) /;

test.each(REFUSALS)('%s', async (_, files, says) => {
  const sentence = await refusal(files);
  expect(sentence).toContain(says);
  expect(sentence).toMatch(ADVICE);
  expect(sentence.split('\n')[0]).toMatch(/[.:)]$|In Python:$|"\)$/);
});
