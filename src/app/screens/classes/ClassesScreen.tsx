/** Your own classes: two to ten things from the webcam or from photos, a last layer learned in seconds, then the slider. */
import { useEffect, useRef, useState } from 'react';
import { modelTitle, OWN_CLASSES } from '../../../contract/catalogue.ts';
import type { ClassesNetwork } from '../../../contract/calls/training.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { datasetsStore } from '../../datasets/datasetsStore.ts';
import { chosenFiles, droppedFiles, FOLDER } from '../../datasets/dropped.ts';
import { useDropAnywhere } from '../../datasets/useDropAnywhere.ts';
import {
  FEWEST_CLASSES,
  MOST_CLASSES,
  nameFault,
  PHOTO_SIDE,
  type CollectionStore,
} from '../../ownClasses/collection.ts';
import { isEmpty, ownCollection, restorePhotos } from '../../ownClasses/pageCollection.ts';
import { formatLink } from '../../state/link.ts';
import { linkOf } from '../../state/selectors.ts';
import { useStore } from '../../store/useStore.ts';
import { useWebcam } from '../../webcam/useWebcam.ts';
import { WORDS } from '../../words/words.ts';
import type { ScreenProps } from '../types.ts';
import { Camera } from './Camera.tsx';
import { ClassCard } from './ClassCard.tsx';
import { Train } from './Train.tsx';
import { useBringing, type Bringing } from './useBringing.ts';
import { useRecorder } from './useRecorder.ts';
import { useTraining } from './useTraining.ts';
import './classes.css';

const words = WORDS.classes;

export function ClassesScreen({ state, dispatch, lab }: ScreenProps) {
  const [store] = useState(ownCollection);
  const { classes, said } = useStore(store);
  const webcam = useWebcam();
  const recorder = useRecorder(webcam, store);
  const bringing = useBringing(store);
  const training = useTraining({ state, dispatch, lab });
  const { network, photosHere } = useKept(lab, store, state.opened !== null || state.failure !== null);
  const busy = training.phase !== null || bringing.progress !== null;
  const over = useDropAnywhere((transfer) => {
    if (!busy) void droppedFiles(transfer).then(bringing.whole);
  });
  const faults = classes.map(({ name }, i) =>
    nameFault(
      name,
      classes.filter((_, other) => other !== i).map((each) => each.name),
    ),
  );
  return (
    <div className={over ? 'own over' : 'own'}>
      {network && (
        <section className="notice" data-testid="own-known" aria-label={words.network}>
          <p>{words.known(network.classes, baseName(network), network.images)}</p>
          {photosHere ? (
            <p>
              <a
                className="button"
                href={formatLink({ ...linkOf(state), ...OWN_CLASSES, side: sideOf(network), screen: 'bill' })}
              >
                {words.knownSee}
              </a>
            </p>
          ) : (
            <>
              <p data-testid="own-no-photos">{words.noPhotos}</p>
              {isEmpty(store) && (
                <button type="button" onClick={() => takeNames(store, network)}>
                  {words.takeNames}
                </button>
              )}
            </>
          )}
        </section>
      )}
      <div className="own-work">
        <Camera webcam={webcam} />
        <section aria-labelledby="own-classes">
          <h2 id="own-classes">{words.classes}</h2>
          <ul className="own-classes">
            {classes.map((own, i) => (
              <ClassCard
                key={own.id}
                own={own}
                place={i + 1}
                fault={faults[i]}
                recorder={recorder}
                hasCamera={webcam.stream !== null}
                busy={busy}
                canRemove={classes.length > FEWEST_CLASSES}
                onRename={(name) => store.rename(own.id, name)}
                onFiles={(files) => void bringing.onto(own.id, files)}
                onRemove={() => store.removeClass(own.id)}
                onClear={() => store.removePhotos(own.id)}
                onRemovePhoto={(photo) => store.removePhoto(own.id, photo)}
              />
            ))}
          </ul>
          <div className="buttons">
            {classes.length < MOST_CLASSES && (
              <button type="button" onClick={() => store.addClass(words.named(classes.length + 1))} disabled={busy}>
                {words.add}
              </button>
            )}
            {!isEmpty(store) && (
              <button type="button" className="quiet" onClick={store.clear} disabled={busy}>
                {words.startOver}
              </button>
            )}
          </div>
        </section>
      </div>
      {said.map((sentence) => (
        <p key={sentence} className="notice" role="status">
          {sentence}
        </p>
      ))}
      <Train
        state={state}
        store={store}
        training={training}
        named={faults.every((fault) => fault === null)}
        network={network}
      />
      <Bring bringing={bringing} busy={busy} />
    </div>
  );
}

const baseName = ({ base, baseFile }: ClassesNetwork): string => (base === 'own' ? baseFile : modelTitle(base));

const sideOf = ({ side }: ClassesNetwork): number => (side === PHOTO_SIDE ? 0 : side);

function takeNames(store: CollectionStore, { classes }: ClassesNetwork): void {
  store.set({ classes: [] });
  for (const name of classes) store.addClass(name);
}

/** What an earlier visit left: the network, and the photos where they were kept. @param ready the lab is open */
function useKept(lab: Lab, store: CollectionStore, ready: boolean) {
  const [network, setNetwork] = useState<ClassesNetwork | null>(null);
  const [photosHere, setPhotosHere] = useState(true);
  const begun = useRef(false);
  useEffect(() => {
    if (!ready || begun.current) return;
    begun.current = true;
    const say = (error: unknown): void =>
      store.set({ said: [words.notRead(error instanceof Error ? error.message : String(error))] });
    lab.call('ownClasses', {}).then(setNetwork, say);
    datasetsStore()
      .datasets.call('ownPhotos', {})
      .then(async (kept) => {
        setPhotosHere(kept !== null);
        if (!kept || !isEmpty(store)) return;
        const restored = await restorePhotos(store, kept.classes);
        store.set({ keep: kept.kept, said: [words.restored(restored)] });
      })
      .catch(say);
  }, [lab, store, ready]);
  return { network, photosHere };
}

/** A folder or a zip whole. */
function Bring({ bringing, busy }: { readonly bringing: Bringing; readonly busy: boolean }) {
  const { progress } = bringing;
  const take = (files: FileList | null): void => {
    if (files && files.length > 0) void bringing.whole(chosenFiles(files));
  };
  return (
    <fieldset className="own-bring" disabled={busy}>
      <legend>{words.bring}</legend>
      <p className="soft">{words.bringNote}</p>
      {progress && (
        <p role="status">
          {words.reading(progress.done, progress.total)}{' '}
          <progress aria-label={words.bring} max={progress.total} value={progress.done} />
        </p>
      )}
      <label>
        {words.folder}{' '}
        <input type="file" {...FOLDER} onChange={({ target }) => take(target.files)} data-testid="own-folder" />
      </label>
      <label>
        {words.zip}{' '}
        <input type="file" accept=".zip" multiple onChange={({ target }) => take(target.files)} data-testid="own-zip" />
      </label>
    </fieldset>
  );
}
