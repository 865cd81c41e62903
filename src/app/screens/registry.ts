/** The screens: one row each. Their code is fetched when they are first shown. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { ScreenName } from './names.ts';
import type { ScreenProps } from './types.ts';

type Screen = { readonly title: string; readonly view: LazyExoticComponent<ComponentType<ScreenProps>> };

export const REGISTRY: { readonly [K in ScreenName]: Screen } = {
  bill: { title: 'The bill', view: lazy(async () => ({ default: (await import('./bill/Bill.tsx')).Bill })) },
  data: { title: 'Data', view: lazy(async () => ({ default: (await import('./data/Data.tsx')).Data })) },
};
