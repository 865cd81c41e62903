/** What a person takes home: the link, the session, the model as ONNX, a report on paper; and the page itself, offline. */
import { useState, type ChangeEvent } from 'react';
import type { Progress } from '../../contract/progress.ts';
import { OWN_CLASSES } from '../../contract/catalogue.ts';
import type { Lab } from '../../lab/rpc/client.ts';
import { saveFile } from '../chart/save.ts';
import { OfflineButton } from '../offline/OfflineButton.tsx';
import type { State } from '../state/state.ts';
import { WORDS } from '../words/words.ts';
import { MOST_BYTES, readSession, writeSession } from './sessionFile.ts';
import { nameOf } from '../text/names.ts';
import { waitInWords } from '../text/progress.ts';
import type { Action } from '../state/reducer.ts';
import { float32Of, hides, settingsOf } from '../state/selectors.ts';

/** What an export answers. */
type Written = { readonly fileName: string; readonly bytes: Uint8Array };

type Props = { readonly state: State; readonly dispatch: (action: Action) => void; readonly lab: Lab };

export function Files({ state, dispatch, lab }: Props) {
  const words = WORDS.files;
  const [said, setSaid] = useState('');
  const [withPhotos, setWithPhotos] = useState(false);
  const [writing, setWriting] = useState(false);
  const [progress, setProgress] = useState<Progress | null>(null);
  if (hides(state, 'files')) return null;
  const settings = settingsOf(state, state.choice);

  /** Says how it went, in a sentence. */
  function report(work: Promise<string>): void {
    work.then(setSaid, (error: unknown) =>
      setSaid(words.failed(error instanceof Error ? error.message : String(error))),
    );
  }

  async function copyLink(): Promise<string> {
    await navigator.clipboard.writeText(location.href);
    return words.copied;
  }

  async function written(
    ask: (options: { onProgress: (progress: Progress) => void }) => Promise<Written>,
    type: string,
  ): Promise<string> {
    setWriting(true);
    try {
      const { fileName, bytes } = await ask({ onProgress: setProgress });
      saveFile(fileName, new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
      return fileName;
    } finally {
      setWriting(false);
      setProgress(null);
    }
  }

  /** @param form of the float network; null: integers of the control's bitwidth, packed */
  async function exportOnnx(form: 'float32' | 'float16' | null): Promise<string> {
    const asked = form ? { ...float32Of(state), form } : settings;
    return words.written(
      await written((options) => lab.call('exportOnnx', asked, options), 'application/octet-stream'),
    );
  }

  /** The control's network, its weights rounded, as a layers model. */
  async function exportTfjs(): Promise<string> {
    return words.writtenTfjs(await written((options) => lab.call('exportTfjs', settings, options), 'application/zip'));
  }

  async function open(file: File): Promise<string> {
    if (file.size > MOST_BYTES) throw new Error(words.tooLarge(file.name));
    const { link, classes, ...results } = readSession(await file.text(), file.name);
    if (classes) await (await import('../ownClasses/session.ts')).openClasses(classes, lab, dispatch);
    dispatch({ kind: 'follow', link });
    dispatch({ kind: 'testImages', images: link.images });
    // After the link: another network reopens what was guessed.
    dispatch({ kind: 'restore', ...results });
    return words.opened(file.name, results.runs.length);
  }

  async function save(): Promise<string> {
    const { savedClasses } = await import('../ownClasses/session.ts');
    const isOpen = state.opened !== null || state.link.model === OWN_CLASSES.model;
    const classes = isOpen ? await savedClasses(lab, withPhotos) : null;
    const text = writeSession(state, classes);
    if (text.length > MOST_BYTES) throw new Error(words.photosTooLarge);
    saveFile('fewbit-session.json', new Blob([text], { type: 'application/json' }));
    return classes ? words.savedClasses(classes.photos !== null) : words.saved;
  }

  function choose({ target }: ChangeEvent<HTMLInputElement>): void {
    const file = target.files?.[0];
    target.value = '';
    if (file) report(open(file));
  }

  return (
    <section className="files" aria-labelledby="files">
      <h2 id="files">{words.title}</h2>
      <div className="buttons">
        <button type="button" onClick={() => report(copyLink())}>
          {words.copyLink}
        </button>
        <button type="button" onClick={() => report(save())} data-testid="save-session">
          {words.save}
        </button>
        {state.link.model === OWN_CLASSES.model && (
          <label className="with-photos">
            <input
              type="checkbox"
              checked={withPhotos}
              onChange={({ target }) => setWithPhotos(target.checked)}
              data-testid="session-photos"
            />{' '}
            {words.withPhotos}
          </label>
        )}
        <label className="button">
          {words.open}
          <input type="file" accept="application/json,.json" onChange={choose} data-testid="open-session" />
        </label>
        <button
          type="button"
          disabled={writing || !state.opened}
          onClick={() => report(exportOnnx(null))}
          data-testid="export-onnx"
        >
          {words.onnx(nameOf(settings))}
        </button>
        <button
          type="button"
          disabled={writing || !state.opened}
          onClick={() => report(exportTfjs())}
          data-testid="export-tfjs"
        >
          {words.tfjs(nameOf(settings))}
        </button>
        {(['float32', 'float16'] as const).map((form) => (
          <button
            key={form}
            type="button"
            disabled={writing || !state.opened}
            onClick={() => report(exportOnnx(form))}
            data-testid={`export-${form}`}
          >
            {words.onnx(words.floats[form])}
          </button>
        ))}
        <button type="button" onClick={() => print()}>
          {words.print}
        </button>
        <OfflineButton />
      </div>
      <p role="status" data-testid="files-said">
        {said}
      </p>
      {writing && <p data-testid="files-writing">{waitInWords(words.file, progress)}</p>}
      <p className="on-paper">{location.href}</p>
    </section>
  );
}
