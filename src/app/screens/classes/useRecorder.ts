/** Frames of the webcam into a class, a few a second, while somebody holds its button. */
import { useEffect, useRef, useState } from 'react';
import type { CollectionStore } from '../../ownClasses/collection.ts';
import { photoOf } from '../../ownClasses/picture.ts';
import type { Webcam } from '../../webcam/useWebcam.ts';

/** Between two frames: neighbours differ little, and forty come in eight seconds. */
const FRAME_MS = 200;

/** Frames of a recording that nobody holds: a click of an assistive tool. */
const FRAMES_OF_A_CLICK = 20;

export type Recorder = {
  /** The class that is recorded, and its frames so far. */
  readonly recording: { readonly id: number; readonly frames: number } | null;
  readonly start: (id: number, frames?: number) => void;
  readonly stop: () => void;
};

export const CLICK = FRAMES_OF_A_CLICK;

export function useRecorder({ video, stream }: Webcam, store: CollectionStore): Recorder {
  const [recording, setRecording] = useState<Recorder['recording']>(null);
  const stopping = useRef<() => void>(() => undefined);
  useEffect(() => () => stopping.current(), [stream]);

  function start(id: number, most = Infinity): void {
    const { current } = video;
    if (!stream || !current) return;
    stopping.current();
    const number = store.nextRecording();
    let [frames, busy, going] = [0, false, true];

    async function take(element: HTMLVideoElement): Promise<void> {
      if (busy || !going || element.videoWidth === 0) return;
      busy = true;
      try {
        const photo = await photoOf(element, number);
        store.add(id, [photo]);
        frames++;
        if (going) setRecording({ id, frames });
        if (frames >= most) stopping.current();
      } finally {
        busy = false;
      }
    }

    const timer = setInterval(() => void take(current), FRAME_MS);
    stopping.current = () => {
      going = false;
      clearInterval(timer);
      setRecording(null);
      stopping.current = () => undefined;
    };
    setRecording({ id, frames });
    void take(current);
  }

  return { recording, start, stop: () => stopping.current() };
}
