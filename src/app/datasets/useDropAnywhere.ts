/** Files dropped anywhere on a screen, or where nothing takes them: left alone, the browser would leave the page and open them. */
import { useEffect, useEffectEvent, useState } from 'react';

/** Whether something that is dragged over the page carries files, and no area of its own has taken it already. */
const free = (event: DragEvent): boolean =>
  !event.defaultPrevented && (event.dataTransfer?.types.includes('Files') ?? false);

/**
 * @param onDrop called while the drop is handled
 * @returns whether files are over the page now
 */
export function useDropAnywhere(onDrop: (transfer: DataTransfer) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(onDrop);

  useEffect(() => {
    const dragOver = (event: DragEvent): void => {
      if (!free(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = ({ relatedTarget }: DragEvent): void => {
      if (relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (!free(event)) return;
      event.preventDefault();
      if (event.dataTransfer) take(event.dataTransfer);
    };
    document.addEventListener('dragover', dragOver);
    document.addEventListener('dragleave', leave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', dragOver);
      document.removeEventListener('dragleave', leave);
      document.removeEventListener('drop', drop);
    };
  }, []);

  return over;
}

/** Lets go of what nothing on the page takes. The window hears of a drop last. */
export function stayOnDrop(): void {
  const refuse = (event: DragEvent): void => {
    if (!free(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  addEventListener('dragover', refuse);
  addEventListener('drop', refuse);
}
