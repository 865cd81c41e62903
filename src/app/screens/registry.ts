/** The screens' code: one row each, fetched when it is first shown. Their titles are in words/screens.ts. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { ScreenName } from '../names/screenNames.ts';
import type { ScreenProps } from './types.ts';

type Screen = { readonly view: LazyExoticComponent<ComponentType<ScreenProps>> };

export const REGISTRY: { readonly [K in ScreenName]: Screen } = {
  snap: { view: lazy(async () => ({ default: (await import('./snap/SnapScreen.tsx')).SnapScreen })) },
  clip: { view: lazy(async () => ({ default: (await import('./clip/ClipScreen.tsx')).ClipScreen })) },
  layers: { view: lazy(async () => ({ default: (await import('./layers/LayersScreen.tsx')).LayersScreen })) },
  bill: { view: lazy(async () => ({ default: (await import('./bill/Bill.tsx')).Bill })) },
  staircase: { view: lazy(async () => ({ default: (await import('./staircase/Staircase.tsx')).Staircase })) },
  classify: { view: lazy(async () => ({ default: (await import('./classify/ClassifyScreen.tsx')).ClassifyScreen })) },
  race: { view: lazy(async () => ({ default: (await import('./race/RaceScreen.tsx')).RaceScreen })) },
  experiments: {
    view: lazy(async () => ({ default: (await import('./experiments/ExperimentsScreen.tsx')).ExperimentsScreen })),
  },
  lesson: { view: lazy(async () => ({ default: (await import('./lesson/LessonScreen.tsx')).LessonScreen })) },
  glossary: { view: lazy(async () => ({ default: (await import('./glossary/Glossary.tsx')).Glossary })) },
  classes: { view: lazy(async () => ({ default: (await import('./classes/ClassesScreen.tsx')).ClassesScreen })) },
  data: { view: lazy(async () => ({ default: (await import('./data/Data.tsx')).Data })) },
};
