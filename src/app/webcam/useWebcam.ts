/** The webcam, opened only when asked for and closed with whoever asked; its pictures stay in the browser. */
import { useEffect, useRef, useState, type RefObject } from 'react';

export type Webcam = {
  /** Where it is shown. */
  readonly video: RefObject<HTMLVideoElement | null>;
  /** null: closed. */
  readonly stream: MediaStream | null;
  readonly opening: boolean;
  /** Why it cannot be used, in the browser's words; empty: nothing is wrong. */
  readonly failure: string;
  readonly open: () => Promise<void>;
  readonly close: () => void;
};

export function useWebcam(): Webcam {
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [opening, setOpening] = useState(false);
  const [failure, setFailure] = useState('');

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    return () => stream?.getTracks().forEach((track) => track.stop());
  }, [stream]);

  async function open(): Promise<void> {
    setFailure('');
    setOpening(true);
    try {
      setStream(await navigator.mediaDevices.getUserMedia({ video: true }));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setOpening(false);
    }
  }

  return { video, stream, opening, failure, open, close: () => setStream(null) };
}
