/** The webcam, opened only when asked for and closed with the screen; its pictures stay in the browser. */
import { useState } from 'react';
import type { Photo } from '../../../contract/calls/race.ts';
import { useWebcam } from '../../webcam/useWebcam.ts';
import { WORDS } from '../../words/words.ts';

export function Webcam({ onTake }: { readonly onTake: (photo: Photo) => void }) {
  const words = WORDS.classify;
  const { video, stream, failure, open, close } = useWebcam();
  const [taken, setTaken] = useState(0);

  async function take(): Promise<void> {
    const { current } = video;
    if (!current || current.videoWidth === 0) return;
    const canvas = document.createElement('canvas');
    canvas.width = current.videoWidth;
    canvas.height = current.videoHeight;
    canvas.getContext('2d')?.drawImage(current, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) return;
    onTake({ name: words.webcamName(taken + 1), bytes: new Uint8Array(await blob.arrayBuffer()) });
    setTaken(taken + 1);
  }

  return (
    <>
      {!stream && (
        <button type="button" onClick={() => void open()} data-testid="webcam-open">
          {words.webcam}
        </button>
      )}
      {stream && (
        <div className="webcam">
          <video ref={video} autoPlay muted playsInline aria-label={words.webcamView} />
          <button type="button" onClick={() => void take()} data-testid="webcam-take">
            {words.webcamTake}
          </button>
          <button type="button" className="quiet" onClick={close}>
            {words.webcamStop}
          </button>
        </div>
      )}
      {failure && (
        <p className="notice" role="alert">
          {words.webcamFailed(failure)}
        </p>
      )}
    </>
  );
}
