/** The size of a chart's box as it is laid out, so that an SVG can draw itself at its true size. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** In CSS pixels; `rem` is the root's font size, which the projector mode and the browser's own setting change. */
export type Box = { readonly width: number; readonly height: number; readonly rem: number };

const UNSEEN: Box = { width: 0, height: 0, rem: 18 };

/** A ref for the element, and its content box (width 0 before the first layout). */
export function useBox(): readonly [RefObject<HTMLDivElement | null>, Box] {
  const ref = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState(UNSEEN);
  useLayoutEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([{ contentRect }]) => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setBox({ width: Math.floor(contentRect.width), height: Math.floor(contentRect.height), rem });
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, box];
}
