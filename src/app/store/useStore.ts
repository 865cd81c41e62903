/** A store's state in a component, which is drawn again with every change. */
import { useSyncExternalStore } from 'react';
import type { Readable } from './store.ts';

export const useStore = <S>({ subscribe, getState }: Readable<S>): S => useSyncExternalStore(subscribe, getState);
