/** From the photos to a network that knows them: the photos become a set of images, a last layer is learned, the slider opens. */
import { useEffect, useRef, useState } from 'react';
import { OWN_CLASSES } from '../../../contract/catalogue.ts';
import type { ClassesNetwork } from '../../../contract/calls/training.ts';
import type { Progress } from '../../../contract/progress.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { datasetsStore } from '../../datasets/datasetsStore.ts';
import { PHOTO_SIDE } from '../../ownClasses/collection.ts';
import type { SplitClass } from '../../ownClasses/split.ts';
import type { Action } from '../../state/reducer.ts';
import { linkOf } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';

export type Training = {
  /** null: nothing goes on. */
  readonly phase: 'photos' | 'network' | null;
  readonly progress: Progress | null;
  readonly message: string;
  readonly train: (split: readonly SplitClass[], keep: boolean, base: string) => Promise<void>;
  /** Only the photos: the network stays. */
  readonly measure: (split: readonly SplitClass[], keep: boolean, network: ClassesNetwork) => Promise<void>;
  readonly cancel: () => void;
};

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

export function useTraining({ state, dispatch, lab }: Props): Training {
  const [phase, setPhase] = useState<Training['phase']>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [message, setMessage] = useState('');
  const going = useRef<AbortController | null>(null);
  useEffect(() => () => going.current?.abort(), []);

  async function bring(split: readonly SplitClass[], keep: boolean): Promise<void> {
    const files = split.map(({ name, train, test }) => ({
      name,
      train: train.map(({ file }) => file),
      test: test.map(({ file }) => file),
    }));
    const { datasets, refresh } = datasetsStore();
    const said = await datasets.call('importClasses', { classes: files, keep });
    setMessage(said.message ?? '');
    dispatch({ kind: 'changed', name: OWN_CLASSES.dataset });
    await refresh();
  }

  /** The slider, over all bitwidths. */
  function show({ side }: Pick<ClassesNetwork, 'side'>): void {
    dispatch({ kind: 'changed', name: `weights:${OWN_CLASSES.model}` });
    const there = { ...OWN_CLASSES, side: side === PHOTO_SIDE ? 0 : side, layer: '', screen: 'bill' } as const;
    dispatch({ kind: 'follow', link: { ...linkOf(state), ...there } });
    dispatch({ kind: 'measureAll' });
  }

  async function run(work: (signal: AbortSignal) => Promise<Pick<ClassesNetwork, 'side'>>): Promise<void> {
    const controller = new AbortController();
    going.current = controller;
    const { signal } = controller;
    setMessage('');
    setProgress(null);
    setPhase('photos');
    try {
      const made = await work(signal);
      if (!signal.aborted) show(made);
    } catch (error) {
      if (!signal.aborted) setMessage(error instanceof Error ? error.message : String(error));
    }
    if (!signal.aborted) setPhase(null);
  }

  return {
    phase,
    progress,
    message,
    train: (split, keep, base) =>
      run(async (signal) => {
        await bring(split, keep);
        signal.throwIfAborted();
        setPhase('network');
        const args = { base, dataset: OWN_CLASSES.dataset, seed: state.link.seed };
        return lab.call('learnClasses', args, { signal, onProgress: setProgress });
      }),
    measure: (split, keep, network) =>
      run(async () => {
        await bring(split, keep);
        return network;
      }),
    cancel() {
      going.current?.abort();
      setPhase(null);
    },
  };
}
