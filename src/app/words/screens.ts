/** What each screen is called, and the one sentence that says what to do there. */
import type { ScreenName } from '../screens/names.ts';

type ScreenWords = { readonly title: string; readonly task: string };

export const screens: { readonly [K in ScreenName]: ScreenWords } = {
  bill: { title: 'The bill', task: 'Move the slider to fewer bits: what do they cost in accuracy, and what do they save?' },
  data: { title: 'Data', task: 'Choose the images: what is bundled, a download, or photos of your own.' },
};
