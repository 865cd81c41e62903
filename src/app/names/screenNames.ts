/** The screens in the order of the navigation, by the names that links give them. */
export const SCREENS = [
  'snap',
  'clip',
  'layers',
  'bill',
  'staircase',
  'classify',
  'race',
  'experiments',
  'classes',
  'data',
  'lesson',
  'glossary',
] as const;
export type ScreenName = (typeof SCREENS)[number];
