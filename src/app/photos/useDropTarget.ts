/** A place that takes what is dropped on it. */
import { useState, type DragEvent } from 'react';

/** What an element needs for it. */
type Handlers = {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: () => void;
  readonly onDrop: (event: DragEvent) => void;
};

/**
 * @param onDrop also prevents what the browser would do, where it takes what was dropped
 * @returns whether something is held over it
 */
export function useDropTarget(onDrop: (event: DragEvent) => void): {
  readonly over: boolean;
  readonly target: Handlers;
} {
  const [over, setOver] = useState(false);
  return {
    over,
    target: {
      onDragOver(event) {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop(event) {
        setOver(false);
        onDrop(event);
      },
    },
  };
}
