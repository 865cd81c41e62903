/** A button that opens the browser's choice of files. */
import { useRef } from 'react';

type Props = {
  readonly label: string;
  /** Read out instead of the label, where several buttons have the same. */
  readonly name?: string;
  /** As an input's `accept`. */
  readonly accept: string;
  readonly testId: string;
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
};

export function ChoosePhotos({ label, name, accept, testId, disabled, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()} disabled={disabled} aria-label={name}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple
        hidden
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file can be chosen again.
          target.value = '';
        }}
        data-testid={testId}
      />
    </>
  );
}
