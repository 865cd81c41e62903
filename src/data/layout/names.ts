/** What the names of folders and files mean: litter, splits, folders that only group, pictures. */
import { plainText } from '../../base/plainText.ts';

/** A name as people read it: composed letters (Unicode NFC), no outer spaces, nothing that cannot be seen. */
export const shownName = (name: string): string => plainText(name) || 'unnamed';

/** Equal for names that people take for the same: case is folded, too. */
export const foldedName = (name: string): string => shownName(name).toLowerCase();

/** Files and folders that systems and programs leave behind: none holds pictures that anybody brought. */
const LITTER_NAMES = new Set([
  '__macosx',
  '@eadir',
  '#recycle',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  'thumbs.db',
  'thumbs.db:encryptable',
  'ehthumbs.db',
  'desktop.ini',
  'icon\r',
  'icon\uf00d',
  'picasa.ini',
  '__pycache__',
]);

/** Names that begin with a dot are hidden: .DS_Store, ._1.jpg, .ipynb_checkpoints. */
export const isLitter = (path: string): boolean =>
  path
    .split('/')
    .some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || LITTER_NAMES.has(part.toLowerCase()));

const PICTURE_ENDS =
  /\.(?:jpe?g|jpe|jfif|pjpeg|pjp|png|apng|gif|bmp|dib|webp|avif|heic|heif|hif|tiff?|ico|jp2|j2k|jxl|svg|ppm|pgm|pbm|pnm|psd|raw|dng|cr2|nef|arw)$/i;

const OTHER_ENDS =
  /\.(?:txt|csv|tsv|md|rst|json|jsonl|xml|ya?ml|toml|html?|css|js|ts|py|ipynb|pdf|docx?|xlsx?|pptx?|rtf|mat|npy|npz|h5|pkl|pickle|pt|pth|onnx|safetensors|db|sqlite|log|sh|bat|exe|dll|mp4|avi|mov|mkv|webm|mp3|wav|lnk|url|ini|cfg|names|data|meta|sha256|md5)$/i;

const ARCHIVE_ENDS = /\.(?:zip|tar|tgz|tar\.gz|gz|7z|rar|bz2|tbz2?|xz|zst)$/i;

/** By the end of the name; null where only the content can say. */
export function kindOfName(path: string): 'picture' | 'archive' | 'other' | null {
  if (PICTURE_ENDS.test(path)) return 'picture';
  if (ARCHIVE_ENDS.test(path)) return 'archive';
  return OTHER_ENDS.test(path) ? 'other' : null;
}

export type SplitKind = 'train' | 'test' | 'unlabelled';

const SPLIT_WORDS: ReadonlyMap<string, SplitKind> = new Map([
  ...['train', 'training', 'trn', 'trainset', 'trainval', 'traindata'].map((word) => [word, 'train'] as const),
  ...['val', 'valid', 'validation', 'valset', 'validate', 'test', 'testing', 'tst', 'testset', 'testdata'].map(
    (word) => [word, 'test'] as const,
  ),
  ...['dev', 'devel', 'development', 'devset', 'eval', 'evaluation', 'evaluate', 'holdout', 'heldout'].map(
    (word) => [word, 'test'] as const,
  ),
  ...['pred', 'predict', 'prediction', 'predictions', 'unlabeled', 'unlabelled', 'submission', 'unsup'].map(
    (word) => [word, 'unlabelled'] as const,
  ),
]);

/** Words that add nothing to a split's name: training_set, Test Images, val-data. */
const FILLER = new Set(
  'set sets data dataset datasets image images img imgs split folder dir file files picture pictures pics photo photos jpg jpeg png small full resized cropped original raw new final labeled labelled sample samples clean all only'.split(
    ' ',
  ),
);

/** "trainingSet_2" is training, set. */
const wordsOf = (name: string): readonly string[] =>
  shownName(name)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/\b(held|hold)[\s_-]out\b/g, '$1out')
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');

export type SplitWord = {
  readonly kind: SplitKind;
  /** What the name says besides, in its own words: "seg" of seg_train, "cat" of cat_test; empty where nothing. */
  readonly rest: string;
};

/** What split a folder's name speaks of, if it does. */
export function splitWord(name: string): SplitWord | null {
  const words = wordsOf(name);
  const kinds = words.flatMap((word) => SPLIT_WORDS.get(word) ?? []);
  if (kinds.length === 0) return null;
  const kind = kinds.includes('unlabelled') ? 'unlabelled' : kinds.includes('train') ? 'train' : 'test';
  return { kind, rest: words.filter((word) => !SPLIT_WORDS.has(word) && !FILLER.has(word)).join(' ') };
}

export const plainWords = (name: string): string => wordsOf(name).join(' ');

const GENERIC =
  /^(?:images?|imgs?|pictures?|pics?|photos?|jpe?gs?|pngs?|webps?|frames?|raw|data|rgb|files?|samples?|crops?|cropped|resized|originals?|all|misc|new folder(?: \(\d+\))?)$/i;

/** A folder that says only that there are pictures in it. */
export const isGeneric = (name: string): boolean => GENERIC.test(shownName(name));

const UNKNOWN = /^(?:unknown|unlabell?ed|none|no[ _-]?label|unsorted|undefined|null|to[ _-]?predict|images?_?to.*)$/i;

/** A folder that says of its pictures that nobody knows what they are. */
export const isUnknown = (name: string): boolean => UNKNOWN.test(shownName(name));

const GROUP =
  /^(?:batch|part|set|fold|group|grp|chunk|session|day|week|month|year|camera|cam|seq|sequence|video|clip|scene|shot|roll|folder|dir|subset|run|trial|take|page|vol|volume|subject|subj|person|user|patient|series|lot|plate|slide|dump|upload|download|version|v|p|s|b)[\s_.-]*\d+[a-z]?$/i;
const NUMBERS = /^\d{1,8}(?:[-_. ]\d+)*$/;
const CLASS_STEM = /^(?:class|category|cat|label|type|digit|grade|level|stage|species|kind|breed)$/i;

/** Names that number portions of something (batch1, batch2; 2019, 2020) and so name no classes. */
export function areGroups(names: readonly string[]): boolean {
  if (names.every((name) => GROUP.test(shownName(name)) || NUMBERS.test(shownName(name)) || isGeneric(name)))
    return true;
  const stems = names.map((name) => /^(.*?)[\s_.-]*\d+$/.exec(foldedName(name))?.[1]);
  return (
    names.length > 1 && stems.every((stem) => stem && stem.length > 2 && stem === stems[0] && !CLASS_STEM.test(stem))
  );
}
