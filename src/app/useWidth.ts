/** The width of an element as it is laid out, so that an SVG can draw itself at its true size. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** A ref for the element, and its content width in CSS pixels (0 before the first layout). */
export function useWidth(): readonly [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
