/** What the webcam sees, and the way to open and close it. */
import type { Webcam } from '../../webcam/useWebcam.ts';
import { WORDS } from '../../words/words.ts';

export function Camera({ webcam: { video, stream, opening, failure, open, close } }: { readonly webcam: Webcam }) {
  const words = WORDS.classes;
  return (
    <section className="own-camera" aria-label={words.camera}>
      {stream ? (
        <>
          <video ref={video} autoPlay muted playsInline aria-label={words.view} />
          <button type="button" className="quiet" onClick={close}>
            {words.close}
          </button>
        </>
      ) : (
        <button
          type="button"
          className="primary"
          onClick={() => void open()}
          disabled={opening}
          data-testid="own-camera"
        >
          {opening ? words.opening : words.open}
        </button>
      )}
      {failure ? (
        <p className="notice" role="alert">
          {words.failed(failure)}
        </p>
      ) : (
        <p className="soft">{words.cameraNote}</p>
      )}
    </section>
  );
}
