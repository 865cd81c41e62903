/** The modules of a state dict: which are blocks of numbered stages, which stand before and behind them. */
import { elementCount } from '../graph/arrays.ts';
import type { NamedArray, Normalization } from '../graph/types.ts';

export type Module = {
  readonly kind: 'conv' | 'linear' | 'norm';
  /** Without the wrappers around the whole network. */
  readonly path: string;
  /** By the parameter's name: weight, bias, running_mean, running_var. */
  readonly parts: ReadonlyMap<string, NamedArray>;
};

/** A residual block: its own convolutions and batch norms in order, and those of its shortcut. */
export type Block = {
  readonly path: string;
  readonly convs: readonly Module[];
  readonly norms: readonly Module[];
  readonly shortcuts: readonly Module[];
  readonly shortcutNorms: readonly Module[];
};

type Modules = {
  readonly stages: readonly (readonly [Block, ...Block[]])[];
  readonly outside: readonly Module[];
  readonly notes: readonly string[];
};

type Refuse = (sentence: string) => never;

/**
 * Whatever stands before a block's numbers is a wrapper (`module.`, `_orig_mod.`, `model.backbone.`), and the rest the
 * block's own: layer1.0.conv1 (torchvision, timm), stages.0.layers.0.layer.0.convolution (Hugging Face),
 * conv2_x.0.residual_function.0, stage1.unit1.body.conv1; or numbers alone, of a list of children: 4.0.conv1.
 */
const BLOCKS = [
  /(?:^|\.)(?:(?:layers?|stages?|blocks?|groups?|res)[._]?|conv(?=\d+_x))(\d+)(?:_x)?\.(?:(?:layers?|blocks?|units?)[._]?)?(\d+)\.(.+\.[^.]+)$/,
  /(?:^|\.)(\d+)\.(\d+)\.((?:conv|bn|downsample|shortcut|norm)[^.]*(?:\.[^.]+)*\.[^.]+)$/,
];

/** Copies that training keeps beside the network itself. */
const COPY = /ema|teacher|target|momentum|shadow|averaged|encoder_k/i;

const SHORTCUT = /short|down|skip|identity|proj|residual(?!_function)|expand/i;

const PARTS: ReadonlySet<string> = new Set(['weight', 'bias', 'running_mean', 'running_var']);

/** What tools keep beside the weights and inference does not read: statistics of pixels, counters, decay. */
const STATISTICS = /(?:^|[._])(mean|std)$/;

const isCounter = (name: string, { shape }: NamedArray): boolean =>
  elementCount(shape) <= 1 && !PARTS.has(name.slice(name.lastIndexOf('.') + 1));

const isStatistic = (name: string, { data }: NamedArray): boolean => STATISTICS.test(name) && data.length <= 3;

/** Whether inference reads nothing of it. */
export const isBeside = (name: string, array: NamedArray): boolean =>
  isCounter(name, array) || isStatistic(name, array);

/** Names in the order in which people count: layer10 after layer9. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** @returns null where no tensor is a block's */
export function modulesOf(all: ReadonlyMap<string, NamedArray>, refuse: Refuse): Modules | null {
  const names = [...all].flatMap(([name, array]) => (isBeside(name, array) ? [] : [name]));
  const placed = new Map(
    names.flatMap((name) => {
      const place = placeOf(name);
      return place ? [[name, place] as const] : [];
    }),
  );
  const prefixes = [...new Set([...placed.values()].map(({ prefix }) => prefix))];
  if (prefixes.length === 0) return null;
  const own = prefixes.length === 1 ? prefixes : prefixes.filter((prefix) => !COPY.test(prefix));
  if (own.length !== 1)
    return refuse(
      `holds ${prefixes.length} networks (${prefixes.map((each) => each || 'without a prefix').join(', ')}): save one of them.`,
    );
  const [prefix] = own;
  const others = prefixes.filter((each) => each !== prefix && each !== '');

  const blocks = new Map<string, { stage: number; block: number; tensors: Map<string, NamedArray> }>();
  const rest = new Map<string, NamedArray>();
  for (const name of names) {
    const place = placed.get(name);
    const array = all.get(name);
    if (!array || (place ? place.prefix !== prefix : others.some((each) => name.startsWith(each)))) continue;
    if (!place) {
      rest.set(name.startsWith(prefix) ? name.slice(prefix.length) : name, array);
      continue;
    }
    const key = `${place.stage}.${place.block}`;
    const block = blocks.get(key) ?? { stage: place.stage, block: place.block, tensors: new Map<string, NamedArray>() };
    block.tensors.set(place.rest, array);
    blocks.set(key, block);
  }
  const stages = new Map<number, [Block, ...Block[]]>();
  for (const { stage, block, tensors } of [...blocks.values()].sort((a, b) => a.stage - b.stage || a.block - b.block)) {
    const made = blockOf(`block ${block} of stage ${stage}`, modules(tensors, refuse));
    const before = stages.get(stage);
    if (before) before.push(made);
    else stages.set(stage, [made]);
  }
  const notes =
    prefixes.length > 1 ? [`It holds copies of the network (${others.join(', ')}), which are left aside.`] : [];
  return { stages: [...stages.values()], outside: modules(rest, refuse), notes };
}

function placeOf(name: string): { prefix: string; stage: number; block: number; rest: string } | null {
  for (const pattern of BLOCKS) {
    const found = pattern.exec(name);
    if (!found) continue;
    const [whole, stage, block, rest] = found;
    const prefix = name.slice(0, found.index + (whole.startsWith('.') ? 1 : 0));
    return { prefix, stage: Number(stage), block: Number(block), rest };
  }
  return null;
}

function blockOf(path: string, all: readonly Module[]): Block {
  const of = (kind: Module['kind'], shortcut: boolean): Module[] =>
    all.filter((module) => module.kind === kind && SHORTCUT.test(module.path) === shortcut);
  const convs = all.filter(({ kind, path: own }) => kind !== 'norm' && !SHORTCUT.test(own));
  return { path, convs, norms: of('norm', false), shortcuts: of('conv', true), shortcutNorms: of('norm', true) };
}

/** @throws naming parameters that no convolution, linear layer or batch norm has */
function modules(tensors: ReadonlyMap<string, NamedArray>, refuse: Refuse): readonly Module[] {
  const parts = new Map<string, Map<string, NamedArray>>();
  for (const [name, array] of tensors) {
    const dot = name.lastIndexOf('.');
    const [path, part] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)];
    if (!PARTS.has(part)) refuse(`is no plain residual network: it also holds ${name}.`);
    const module = parts.get(path) ?? new Map<string, NamedArray>();
    module.set(part, array);
    parts.set(path, module);
  }
  return [...parts]
    .sort(([one], [other]) => byName(one, other))
    .map(([path, own]): Module => {
      if (own.has('running_mean') || own.has('running_var')) return { kind: 'norm', path, parts: own };
      const rank = own.get('weight')?.shape.length;
      // A 1x1 convolution called so is a classifier.
      const isHead = rank === 4 && /(?:fc|head|classifier|linear|logits|output|pred)[^.]*(?:\.\d+)?$/i.test(path);
      if (rank === 4 && !isHead) return { kind: 'conv', path, parts: own };
      if (rank === 2 || isHead) return { kind: 'linear', path, parts: own };
      return refuse(
        rank === 1
          ? `has a norm layer without running statistics (${path}: a GroupNorm or LayerNorm), which cannot be imported.`
          : `is no plain residual network: it also holds ${path}.`,
      );
    });
}

/** Mean and std of 0..1 pixels that a layer for normalizing keeps as buffers, or null. */
export function bufferNormalization(all: ReadonlyMap<string, NamedArray>): Normalization | null {
  const found = (which: 'mean' | 'std'): number[] | null => {
    const [one, ...more] = [...all].filter(
      ([name, { data }]) => STATISTICS.exec(name)?.[1] === which && data.length === 3,
    );
    return one && more.length === 0 ? Array.from(one[1].data) : null;
  };
  const [mean, std] = [found('mean'), found('std')];
  const sound = mean?.every((each) => each >= 0 && each <= 1) && std?.every((each) => each > 0 && each <= 1);
  return mean && std && sound ? { mean, std } : null;
}
