/** The webcam, opened only when asked for and closed with the screen; its pictures stay in the browser. */
import { useEffect, useRef, useState } from 'react';
import type { Photo } from '../../../contract/calls/race.ts';
import { WORDS } from '../../words/words.ts';

export function Webcam({ onTake }: { readonly onTake: (photo: Photo) => void }) {
  const words = WORDS.classify;
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [failure, setFailure] = useState('');
  const [taken, setTaken] = useState(0);

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    return () => stream?.getTracks().forEach((track) => track.stop());
  }, [stream]);

  async function open(): Promise<void> {
    setFailure('');
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
    } catch (error) {
      setFailure(words.webcamFailed(error instanceof Error ? error.message : String(error)));
    }
  }

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
          <button type="button" className="quiet" onClick={() => setStream(null)}>
            {words.webcamStop}
          </button>
        </div>
      )}
      {failure && (
        <p className="notice" role="alert">
          {failure}
        </p>
      )}
    </>
  );
}
