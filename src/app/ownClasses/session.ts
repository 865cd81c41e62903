/** Own classes in a session: the network's last layer and names always, photos only where somebody asks for them. */
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import type { Lab } from '../../lab/rpc/client.ts';
import { datasetsStore } from '../datasets/datasetsStore.ts';
import type { Action } from '../state/reducer.ts';
import type { SavedClasses, SavedPhotos } from '../files/sessionClasses.ts';
import { restorePhotos, ownCollection } from './pageCollection.ts';

async function base64Of(bytes: Uint8Array): Promise<string> {
  const reader = new FileReader();
  const read = new Promise<string>((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
  });
  reader.readAsDataURL(new Blob([bytes.slice()]));
  return (await read).split(',')[1] ?? '';
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const filesIn = (photos: readonly Blob[]): Promise<string[]> =>
  Promise.all(photos.map(async (photo) => base64Of(new Uint8Array(await photo.arrayBuffer()))));

/** null: no network of own classes is here. */
export async function savedClasses(lab: Lab, withPhotos: boolean): Promise<SavedClasses | null> {
  const network = await lab.call('ownClasses', {});
  if (!network) return null;
  const kept = withPhotos ? await datasetsStore().datasets.call('ownPhotos', {}) : null;
  const photos: SavedPhotos[] = [];
  for (const { name, train, test } of kept?.classes ?? [])
    photos.push({ name, train: await filesIn(train), test: await filesIn(test) });
  return { network: await base64Of(network.file), photos: kept ? photos : null };
}

/** Puts what a session brought in the place of what is here. @throws where it is damaged: nothing of it is used then */
export async function openClasses(
  { network, photos }: SavedClasses,
  lab: Lab,
  dispatch: (action: Action) => void,
): Promise<void> {
  const classes = photos?.map(({ name, train, test }) => ({
    name,
    train: train.map((each) => new Blob([bytesOf(each)], { type: 'image/jpeg' })),
    test: test.map((each) => new Blob([bytesOf(each)], { type: 'image/jpeg' })),
  }));
  await lab.call('keepClasses', { file: bytesOf(network) });
  dispatch({ kind: 'changed', name: `weights:${OWN_CLASSES.model}` });
  if (!classes) return;
  const { datasets, refresh } = datasetsStore();
  await datasets.call('importClasses', { classes, keep: false });
  await restorePhotos(ownCollection(), classes);
  await refresh();
  dispatch({ kind: 'changed', name: OWN_CLASSES.dataset });
}
