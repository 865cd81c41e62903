/** Words of the page's frame: header, navigation, control, what the lab is doing. */
import { plural } from '../../base/text/plural.ts';
import type { PresetName } from '../../contract/settings.ts';

type PresetWords = { readonly label: string; readonly title: string };

export const shell = {
  /** The page's name, in its two colours. */
  name: ['few', 'bit'],
  skip: 'Skip to the screen',
  screens: 'Screens',
  /** Which of the screens it is, before its name. */
  screenPlace: (number: number, total: number) => `${number}/${total} `,
  opening: (title: string) => `Opening ${title}…`,
  next: 'Next',
  previous: 'Back',
  steps: 'Next and previous screen',

  network: 'Network',
  /** After the network's name. */
  parameters: (parameters: string) => `, ${parameters} parameters`,
  multiplyAdds: (macs: string) => `${macs} multiply-adds for an image`,
  images: 'Images',
  /** After the dataset's name. */
  testImages: (count: string) => `, ${plural(count, 'test image')}`,
  chooseImages: 'How many test images are measured: more take longer and narrow the interval',
  untrained: 'The network was not trained on these.',
  computesOn: 'Computes on',
  unknownYet: '…',
  nothingOpen: 'Nothing is open',

  more: 'All controls',
  /** What is read of it on a phone's thin bar. */
  moreShort: 'More',
  readouts: {
    top1: 'Top-1',
    recorded: 'Top-1, recorded',
    previewed: 'Top-1, preview',
    size: 'Size',
    float32: (value: string) => `32-bit ${value}`,
    guessFirst: '?',
    unknown: '…',
    /** What this page cannot measure as it stands. */
    absent: '–',
  },

  view: 'View',
  light: 'Light',
  dark: 'Dark',
  projector: 'Projector',

  quantization: 'Quantization',
  bits: 'bits',
  bitsOfEach: 'Bits of each weight and activation',
  chooseBits: 'Choose a bitwidth',
  preset: 'Preset',
  presets: {
    modern: { label: 'Modern', title: 'A scale for each channel, searched ranges, first and last layer at 8 bits' },
    '2021': { label: '2021', title: 'One scale for each tensor, its full range, every layer at the chosen width' },
  } satisfies { readonly [K in PresetName]: PresetWords } as { readonly [K in PresetName]: PresetWords },

  changed: (preset: string, changes: string) => `The ${preset} preset, changed: ${changes}.`,
  backToPreset: 'Back to the preset',

  failed: (job: string, message: string) => `${job} failed: ${message}`,
  notHere: 'Not here yet.',
  unknownClasses: 'The network does not know these images.',
  tryAgain: 'Try again',
  asksOrder: 'Nothing is measured yet: the order of the classes is to be confirmed.',
  cancel: 'Cancel',
  stopped: 'Stopped.',
  goOn: 'Continue',
  restsAreMeasured: 'Each width is measured where the slider stops.',
  measureAll: 'Measure all',
  progress: (stage: string, done: string, total: string, unit: string) => `${stage}, ${done} of ${total} ${unit}`,
  openingLab: 'Opening the lab',
  fetchingImages: 'Fetching the test images',
  previewing: (what: string) => `Previewing ${what}`,
  previewingAhead: 'Previewing the other widths',
  measuring: (what: string) => `Measuring ${what}`,
  timing: (what: string) => `Timing ${what}`,

  showHidden: 'Show the controls that this link hides',
  licences: 'Licences of the packages in this page',
  footer:
    'Every number on this page was measured in this browser, on this machine, or says where else. Nothing was uploaded. Weights and activations share ' +
    'the bitwidth; a 95% interval is Wilson’s; 1 kB is 1,000 bytes.',
};
