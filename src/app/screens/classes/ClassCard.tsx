/** One class: its name, its photos, and the ways to more of them. */
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import type { NameFault, OwnClass, OwnPhoto } from '../../ownClasses/collection.ts';
import { ChoosePhotos } from '../../photos/ChoosePhotos.tsx';
import { useDropTarget } from '../../photos/useDropTarget.ts';
import { WORDS } from '../../words/words.ts';
import { CLICK, type Recorder } from './useRecorder.ts';

const words = WORDS.classes;

/** The newest are shown, and these many: a row of them. */
const SHOWN = 12;

type Props = {
  readonly own: OwnClass;
  readonly place: number;
  readonly fault: NameFault | null;
  readonly recorder: Recorder;
  readonly hasCamera: boolean;
  readonly busy: boolean;
  readonly canRemove: boolean;
  readonly onRename: (name: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onRemove: () => void;
  readonly onClear: () => void;
  readonly onRemovePhoto: (photo: number) => void;
};

export function ClassCard(props: Props) {
  const { own, place, fault, recorder, hasCamera, busy, canRemove } = props;
  const { id, name, photos } = own;
  const [all, setAll] = useState(false);
  const faultId = `fault-${id}`;
  const shown = all ? photos : photos.slice(-SHOWN);
  const first = photos.length - shown.length;

  const { over, target } = useDropTarget((event) => {
    // A folder is many files, of classes of its own: the screen takes it.
    if ([...event.dataTransfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory)) return;
    event.preventDefault();
    props.onFiles([...event.dataTransfer.files]);
  });

  return (
    <li
      className={over ? 'own-class over' : 'own-class'}
      data-testid={`class-${place}`}
      data-photos={photos.length}
      {...target}
    >
      <div className="own-head">
        <input
          className="own-name"
          value={name}
          aria-label={words.name(place)}
          aria-invalid={fault !== null}
          aria-describedby={fault === null ? undefined : faultId}
          disabled={busy}
          onChange={({ target }) => props.onRename(target.value)}
          onFocus={({ target }) => target.select()}
        />
        <output className="own-count">{words.count(photos.length)}</output>
      </div>
      {fault !== null && (
        <p id={faultId} className="own-fault" role="alert">
          {words.faults[fault]}
        </p>
      )}
      <div className="buttons">
        {hasCamera && <HoldToRecord own={own} recorder={recorder} busy={busy} />}
        <ChoosePhotos
          label={words.choose}
          name={words.chooseFor(name)}
          accept="image/*,.zip"
          testId={`class-${place}-files`}
          disabled={busy}
          onFiles={props.onFiles}
        />
      </div>
      {photos.length === 0 ? (
        <p className="soft own-empty">{words.dropHere}</p>
      ) : (
        <ul className="own-photos">
          {first > 0 && (
            <li>
              <button
                type="button"
                className="own-more"
                onClick={() => setAll(true)}
                aria-label={words.showAll(photos.length)}
              >
                +{first}
              </button>
            </li>
          )}
          {shown.map((photo, i) => (
            <Photo
              key={photo.id}
              photo={photo}
              alt={words.photo(name, first + i + 1)}
              remove={words.removePhoto(name, first + i + 1)}
              disabled={busy}
              onRemove={() => props.onRemovePhoto(photo.id)}
            />
          ))}
        </ul>
      )}
      {(photos.length > 0 || canRemove) && (
        <div className="buttons">
          {photos.length > 0 && (
            <button
              type="button"
              className="quiet small"
              onClick={props.onClear}
              disabled={busy}
              aria-label={words.clearOf(name)}
            >
              {words.clear}
            </button>
          )}
          {canRemove && (
            <button
              type="button"
              className="quiet small"
              onClick={props.onRemove}
              disabled={busy}
              aria-label={words.removeClassOf(name)}
            >
              {words.removeClass}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

type HoldProps = { readonly own: OwnClass; readonly recorder: Recorder; readonly busy: boolean };

/** Held with a pointer or a key; a click without either, as assistive tools make, records a while by itself. */
function HoldToRecord({ own: { id, name }, recorder, busy }: HoldProps) {
  const held = useRef(false);
  const frames = recorder.recording?.id === id ? recorder.recording.frames : null;

  function press(): void {
    held.current = true;
    recorder.start(id);
  }

  function release(): void {
    if (recorder.recording?.id === id) recorder.stop();
  }

  function keyDown(event: KeyboardEvent): void {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) press();
  }

  function pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press();
  }

  function click(event: MouseEvent): void {
    const wasHeld = held.current;
    held.current = false;
    if (!wasHeld && event.detail === 0) recorder.start(id, CLICK);
  }

  return (
    <button
      type="button"
      className={frames === null ? 'hold' : 'hold on'}
      aria-label={words.hold(name)}
      disabled={busy}
      onPointerDown={pointerDown}
      onPointerUp={release}
      onPointerCancel={release}
      onLostPointerCapture={release}
      onKeyDown={keyDown}
      onKeyUp={release}
      onBlur={release}
      onClick={click}
      onContextMenu={(event) => event.preventDefault()}
    >
      <span aria-hidden="true" className="dot" />
      {frames === null ? words.holdShort : words.recording(frames)}
    </button>
  );
}

type PhotoProps = {
  readonly photo: OwnPhoto;
  readonly alt: string;
  readonly remove: string;
  readonly disabled: boolean;
  readonly onRemove: () => void;
};

function Photo({ photo: { file }, alt, remove, disabled, onRemove }: PhotoProps) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(file);
    if (image.current) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [file]);
  return (
    <li>
      <img ref={image} alt={alt} width={48} height={48} />
      <button type="button" className="own-remove" aria-label={remove} disabled={disabled} onClick={onRemove}>
        <span aria-hidden="true">×</span>
      </button>
    </li>
  );
}
