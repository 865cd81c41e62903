/** What a link to the page may set, each with its check; anything else is refused with a sentence. */
import { allowedFor, type SchemeChange } from '../../contract/schemeChanges.ts';
import { BUNDLED, MODEL_NAMES, type ModelName } from '../../contract/catalogue.ts';
import { CALIBRATION_IMAGES, changedPtqSettings, PRESET_NAMES, type PresetName } from '../../contract/settings.ts';
import { hasUnseen, plainText } from '../../base/plainText.ts';
import { BITS, type Bits } from '../../quant/types.ts';
import { imagesFor } from './pairs.ts';
import { SCREENS, type ScreenName } from '../names/screenNames.ts';
import { LESSON_NAMES, LESSONS, lessonNamed, type LessonName } from '../words/lessons/lessons.ts';
import type { BackendName } from '../../contract/device.ts';

/** Controls that a link may hide, so that a class does one thing at a time. A button in the footer shows them again. */
export const HIDEABLE = ['bits', 'presets', 'navigation', 'view', 'files', 'guess', 'story'] as const;
export type Hideable = (typeof HIDEABLE)[number];

export const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

export const VIEWS = ['desk', 'projector'] as const;
export type View = (typeof VIEWS)[number];

export type Link = {
  readonly screen: ScreenName;
  readonly backend: BackendName | 'auto';
  readonly model: ModelName;
  /** cifar10-sample, cifar10, imagenette, or a set of the user's. */
  readonly dataset: string;
  /** Height and width of the images, in pixels; 0: the dataset's own. */
  readonly side: number;
  readonly images: number;
  /** Training images that ranges are measured on, or as many as there are. */
  readonly calibration: number;
  readonly bits: Bits;
  readonly preset: PresetName;
  readonly seed: number;
  readonly theme: Theme;
  /** Projector: type and lines that the last row can read. */
  readonly view: View;
  /** In the order of HIDEABLE. */
  readonly hide: readonly Hideable[];
  /** The layer that is looked at; empty: the screen's own choice. */
  readonly layer: string;
  /** Which lesson: the one that the player and the lesson's screen show. */
  readonly plan: LessonName;
  /** Its step that the player is at; 0: no player. */
  readonly lesson: number;
} & {
  /** Changes of the preset's scheme, written as the headless twin's arguments of the same names. Empty: no change. */
  readonly [K in SchemeChange]: string;
};

type Field<T> = { readonly fallback: T; readonly allowed: string; readonly parse: (text: string) => T | undefined };

/** As much of a wrong value as a sentence can bear. */
const QUOTED = 41;

function oneOf<T extends string | number>(choices: readonly T[], fallback: T): Field<T> {
  return {
    fallback,
    allowed: `one of ${choices.join(', ')}`,
    parse: (text) => choices.find((choice) => String(choice) === text),
  };
}

function whole(min: number, max: number, fallback: number): Field<number> {
  const parse = (text: string) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined;
  };
  return { fallback, allowed: `a whole number from ${min} to ${max}`, parse };
}

/** Anything that can be a dataset's name: which there are is this browser's affair. */
function nameText(fallback: string): Field<string> {
  return {
    fallback,
    allowed: 'a name of 1 to 60 characters, each of which can be seen',
    parse: (text) => (text.length >= 1 && text.length <= 60 && !hasUnseen(text) ? text : undefined),
  };
}

function someOf<T extends string>(choices: readonly T[]): Field<readonly T[]> {
  const parse = (text: string) => {
    const given = text.split(',');
    return given.every((name) => choices.some((choice) => choice === name))
      ? choices.filter((choice) => given.includes(choice))
      : undefined;
  };
  return { fallback: [], allowed: `a list, with commas, of ${choices.join(', ')}`, parse };
}

/** Whether this can be the name of a layer of some network. */
export const isLayerName = (text: string): boolean => /^[\w.]{1,60}$/.test(text);

/** A change of the scheme is allowed where it makes a scheme. */
function schemeChange(name: SchemeChange): Field<string> {
  const parse = (text: string) => {
    if (text === '') return text;
    try {
      changedPtqSettings({ model: '', dataset: '', images: 1, seed: 1 }, 'modern', 8, { [name]: text });
      return text;
    } catch {
      return undefined;
    }
  };
  return { fallback: '', allowed: allowedFor(name), parse };
}

const FIELDS: { readonly [K in keyof Link]: Field<Link[K]> } = {
  screen: oneOf<ScreenName>(SCREENS, 'bill'),
  backend: oneOf<Link['backend']>(['auto', 'webgpu', 'wasm', 'cpu'], 'auto'),
  model: oneOf<ModelName>(MODEL_NAMES, BUNDLED.model),
  dataset: nameText(BUNDLED.dataset),
  side: { ...whole(16, 512, 0), allowed: 'a whole number from 16 to 512' },
  images: whole(1, 10_000, 1000),
  calibration: whole(1, 10_000, CALIBRATION_IMAGES),
  bits: oneOf(BITS, 8),
  preset: oneOf(PRESET_NAMES, 'modern'),
  seed: whole(0, 2 ** 31 - 1, 1),
  theme: oneOf<Theme>(THEMES, 'system'),
  view: oneOf<View>(VIEWS, 'desk'),
  hide: someOf<Hideable>(HIDEABLE),
  layer: { fallback: '', allowed: 'the name of a layer', parse: (text) => (isLayerName(text) ? text : undefined) },
  plan: oneOf<LessonName>(LESSON_NAMES, LESSONS[0].id),
  lesson: whole(0, Math.max(...LESSONS.map(({ steps }) => steps.length)), 0),
  range: schemeChange('range'),
  granularity: schemeChange('granularity'),
  'first-last': schemeChange('first-last'),
  sums: schemeChange('sums'),
  repair: schemeChange('repair'),
};

/**
 * The choices of a link's fragment (`#backend=wasm&images=200`), and a sentence for each that is not allowed.
 * @param query the link's query string, where older links have their choices; the fragment outranks it
 */
export function parseLink(fragment: string, query = ''): { readonly link: Link; readonly problems: readonly string[] } {
  const given = new URLSearchParams([
    ...new URLSearchParams(fragment.replace(/^#/, '')),
    ...new URLSearchParams(query),
  ]);
  const problems: string[] = [];
  const read = <K extends keyof Link>(
    name: K,
    fallback: Link[K] = FIELDS[name].fallback,
    { allowed, parse }: Field<Link[K]> = FIELDS[name],
  ): Link[K] => {
    const text = given.get(name);
    if (text === null) return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    const quoted = plainText(text, QUOTED);
    problems.push(
      `This link asks for ${name}=${quoted}; ${name} must be ${allowed}. Using ${String(fallback) || 'none'}.`,
    );
    return fallback;
  };
  const model = read('model');
  const plan = read('plan');
  const link = {
    screen: read('screen'),
    backend: read('backend'),
    model,
    dataset: read('dataset', imagesFor(model)),
    side: read('side'),
    images: read('images'),
    calibration: read('calibration'),
    bits: read('bits'),
    preset: read('preset'),
    seed: read('seed'),
    theme: read('theme'),
    view: read('view'),
    hide: read('hide'),
    layer: read('layer'),
    plan,
    lesson: read('lesson', 0, whole(0, lessonNamed(plan).steps.length, 0)),
    range: read('range'),
    granularity: read('granularity'),
    'first-last': read('first-last'),
    sums: read('sums'),
    repair: read('repair'),
  };
  return { link, problems };
}

/** The fragment that restores these choices; what is as it would be anyway is left out. */
export function formatLink(link: Link): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(FIELDS) as (keyof Link)[]) {
    const fallback = name === 'dataset' ? imagesFor(link.model) : FIELDS[name].fallback;
    const text = String(link[name]);
    if (text !== String(fallback)) query.set(name, text);
  }
  const text = query.toString();
  return text && `#${text}`;
}
