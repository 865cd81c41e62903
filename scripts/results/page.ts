/** docs/results.md from the stored rows: the same rows give the same bytes. */
import { cellsOf, commandOf } from '../../src/contract/grid/grid.ts';
import { publishedFor } from '../../src/contract/grid/gridExport.ts';
import { SOURCE_2021, published, PUBLISHED_SIZE_MB } from '../../src/contract/grid/published2021.ts';
import { BITS } from '../../src/quant/types.ts';
import { analysis, nameOf } from './analysis.ts';
import { torchSection } from './torchSection.ts';
import { workloadsOf, cellRows, lostOf, type WorkloadRows } from './workload.ts';
import type { Method, ResultRow } from './rows.ts';
import { bitsOf, interval, lostPoints, percent, points, reference, table, title, editionTitle } from './text.ts';

const WIDTHS = BITS.toReversed();

/** Of each cell the row on the most images, and of those the best. */
function cell(
  workload: WorkloadRows,
  method: Method,
  bits: number,
): readonly [then: string, now: string, difference: string, lost: string] {
  const then = published(workload.model, workload.dataset, method === 'float32' ? 'float32' : method, bits);
  const [best] = cellRows(workload, method, bits, 'modern');
  const lost = best && lostOf(best, workload);
  return [
    then === null ? '' : percent(then),
    best ? `${percent(best.top1)} (${interval(best)}) ${reference(best)}` : 'not run',
    best && then !== null ? points(best.top1 - then) : '',
    best && lost !== null ? lostPoints(lost) : '',
  ];
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

function sizeAt(workload: WorkloadRows, bits: number): string {
  const row = workload.rows.find(
    (candidate) =>
      candidate.sizeBytes !== null &&
      !candidate.mixed &&
      candidate.weightBits === bits &&
      (bits === 32 || candidate.preset === 'modern'),
  );
  return row?.sizeBytes ? megabytes(row.sizeBytes) : '';
}

function sizeIn2021(model: string, bits: number): string {
  const sizes = PUBLISHED_SIZE_MB[model] as Readonly<Record<number, number>> | undefined;
  return sizes?.[bits]?.toFixed(1) ?? '';
}

function workloadSection(workload: WorkloadRows): string {
  const { model, edition, dataset, side, float32 } = workload;
  const then = published(model, dataset, 'float32', 32);
  const float32Line = [
    '32',
    ...(then === null ? [''] : [percent(then)]),
    float32 ? `${percent(float32.top1)} (${interval(float32)}) ${reference(float32.row)}` : 'not run',
    float32 && then !== null ? points(float32.top1 - then) : '',
    '',
    '',
    '',
    '',
    '',
    sizeIn2021(model, 32),
    sizeAt(workload, 32),
  ];
  const lines = WIDTHS.map((bits) => [
    String(bits),
    ...cell(workload, 'ptq', bits),
    ...cell(workload, 'qat', bits),
    sizeIn2021(model, bits),
    sizeAt(workload, bits),
  ]);
  const head = [
    'bits',
    'PTQ 2021',
    'PTQ here',
    'to 2021',
    'lost',
    'QAT 2021',
    'QAT here',
    'to 2021',
    'lost',
    'MB 2021',
    'MB here',
  ];
  const weights = [...new Set(workload.rows.flatMap((row) => (row.weights === null ? [] : [row.weights])))].join(', ');
  return [
    `### ${editionTitle(model, edition)} on ${title(dataset)}, ${side} × ${side}`,
    ...(weights === '' ? [] : [`Weights: ${weights}. The line of 32 bits is float32.`]),
    table(head, [float32Line, ...lines]),
  ].join('\n\n');
}

/** The files of ../shared/assets, and what fine-tuning makes of them (see the rows of method float32). */
const WEIGHTS: Readonly<Record<string, string>> = {
  'resnet18/cifar10': 'resnet18-cifar10.safetensors',
  'resnet50/cifar10': 'resnet50-cifar10.safetensors',
  'resnet18/imagenette': 'resnet18-imagenet-partial.safetensors',
  'resnet50/imagenette': 'resnet50-imagenet.safetensors',
};

/** Cells with a published figure, or of the issue's grid, that have no row. */
function missingSection(workloads: readonly WorkloadRows[]): string {
  const sides: Readonly<Record<string, number>> = { imagenette: 160 };
  const wanted = cellsOf({
    models: ['resnet20', 'resnet18', 'resnet50'],
    datasets: ['cifar10', 'imagenette'],
    methods: ['float32', 'ptq', 'qat'],
    bits: BITS,
    scheme: 'modern',
    repairs: [],
    sides,
    images: 10_000,
    calibrationImages: 512,
    seed: 1,
    training: {},
  });
  const lines = wanted.flatMap(({ settings }) => {
    const { model, dataset, method, scheme } = settings;
    const bits = scheme?.weightBits ?? 32;
    const own = workloads.filter(
      (workload) => workload.model === model && workload.dataset === dataset && workload.edition === null,
    );
    const measured = own.some((workload) =>
      method === 'float32' ? workload.float32 !== null : cellRows(workload, method, bits, 'modern').length > 0,
    );
    // ResNet-20 is a network for 32 x 32 images.
    if (measured || (model === 'resnet20' && dataset === 'imagenette')) return [];
    const full = {
      ...settings,
      images: dataset === 'imagenette' ? 3925 : 10_000,
      ...(settings.training && {
        training: {
          ...settings.training,
          trainImages: (dataset === 'imagenette' ? 9469 : 50_000) - settings.training.validationImages,
          epochs: 5,
          batchSize: 128,
        },
      }),
    };
    return [
      [title(model), title(dataset), method, String(bits), `\`${commandOf(full, WEIGHTS[`${model}/${dataset}`])}\``],
    ];
  });
  if (lines.length === 0) return 'None: every cell of the grid has a row.';
  return [
    'Too costly for the two shared processor cores that all of this was measured on. The commands are of the size that such a cell deserves; on a machine with a ' +
      "GPU the page's Experiments screen runs the same cells on WebGPU.",
    table(['model', 'dataset', 'method', 'bits', 'command'], lines),
  ].join('\n\n');
}

function allRows(rows: readonly ResultRow[]): string {
  return table(
    [
      'row',
      'model',
      'dataset',
      'side',
      'method',
      'scheme',
      'bits',
      'images',
      'seed',
      'top-1',
      '95%',
      '2021',
      'trained on',
      'judged by',
      'commit',
      'command',
    ],
    rows.map((row) => {
      const then = publishedFor(row);
      return [
        `<a id="row-${row.number}"></a>${row.number}`,
        editionTitle(row.model, row.edition),
        title(row.dataset),
        String(row.side),
        row.method,
        row.scheme ?? '',
        bitsOf(row),
        String(row.images),
        String(row.seed),
        percent(row.top1),
        interval(row),
        then === null ? '' : percent(then),
        row.trained ? `${row.trained.epochs} × ${row.trained.images}` : '',
        row.judge,
        row.commit ?? '',
        `\`${row.command}\``,
      ];
    }),
  );
}

/** Whether what the issue asks for holds, counted from the rows. */
function verdict(workloads: readonly WorkloadRows[]): string {
  const compared = workloads.flatMap((workload) => {
    const then = published(workload.model, workload.dataset, 'float32', 32);
    if (then === null || !workload.float32) return [];
    const cells = (['ptq', 'qat'] as const).flatMap((method) =>
      WIDTHS.flatMap((bits) => {
        const [best] = cellRows(workload, method, bits, 'modern');
        const figure = published(workload.model, workload.dataset, method, bits);
        return best && figure !== null ? [{ method, bits, best, figure, below: best.top1 < figure }] : [];
      }),
    );
    const below = cells
      .filter((one) => one.below)
      .map(
        ({ method, bits, best, figure }) =>
          `${method.toUpperCase()} ${bits} bits (${percent(best.top1)} against ${percent(figure)}, ${reference(best)})`,
      );
    const float32 = points(workload.float32.top1 - then);
    return cells.length === 0
      ? []
      : [
          `- ${nameOf(workload)}: float32 ${float32} points to 2021; ${cells.length - below.length} of ` +
            `${cells.length} cells are at or above their 2021 figure${below.length > 0 ? `; below it: ${below.join('; ')}` : ''}.`,
        ];
  });
  return compared.join('\n');
}

/** @param sections of other measurements, whole, each under its own heading */
export function resultsPage(rows: readonly ResultRow[], sections: readonly string[] = []): string {
  const workloads = workloadsOf(rows);
  return (
    [
      '# The table of 2021, measured again',
      'Made by `npm run results` from the rows in docs/results; not written by hand. ' +
        `The published figures: ${SOURCE_2021}. Top-1 is the share of test images classified right; in brackets the 95% interval after Wilson, in percent. ` +
        '"Lost" is in points, to the float network on the same images. Of the rows of a cell the table shows the one on the most images, and of those the best: ' +
        'where several schemes were tried, the best of them was so chosen on the test images, and all of them are in the list at the end.',
      '## Against 2021',
      verdict(workloads),
      '## The tables',
      ...workloads.map(workloadSection),
      '## Findings',
      analysis(workloads),
      ...[torchSection(rows), ...sections].filter((section) => section !== ''),
      '## Not run',
      missingSection(workloads),
      '## All rows',
      allRows(rows),
    ].join('\n\n') + '\n'
  );
}
