/** A chart as a PNG: the SVG as it looks on the page, its finding above it, its legend and its provenance below. */
import type { LegendKey } from './Legend.tsx';

/** What a stylesheet may set on a shape or a text of a chart. */
const STYLES = [
  'color',
  'display',
  'fill',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'opacity',
  'paint-order',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
  'dominant-baseline',
  'visibility',
] as const;

/** Twice the size on the page: sharp in a slide. */
const SCALE = 2;

/** A copy that needs no stylesheet. */
function selfContained(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')];
  for (const [index, original] of [svg, ...svg.querySelectorAll<SVGElement>('*')].entries()) {
    const style = getComputedStyle(original);
    for (const name of STYLES) copies[index].style.setProperty(name, style.getPropertyValue(name));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return copy;
}

/** Breaks a text into lines of at most `width`, by words. */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && context.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

type Placed = { readonly x: number; readonly text: string; readonly colour: string };

/** A sign for each shape that a legend's classes draw. */
function signOf(key: LegendKey): string {
  if ('glyph' in key) return key.glyph;
  const classes = key.className.split(' ');
  const has = (name: string): boolean => classes.includes(name);
  if (has('stroke') || has('thick') || has('thin')) return has('dashed') ? '╌' : '━';
  if (has('recorded')) return '◌';
  if (has('hollow')) return '○';
  return has('quantized') ? '●' : '■';
}

/** The keys side by side, as many as a line holds. */
function legendLines(
  context: CanvasRenderingContext2D,
  legend: readonly LegendKey[],
  width: number,
): readonly (readonly Placed[])[] {
  const style = getComputedStyle(document.documentElement);
  const gap = context.measureText('    ').width;
  const lines: Placed[][] = [];
  let x = Infinity;
  for (const key of legend) {
    const text = `${signOf(key)} ${key.text}`;
    const wide = context.measureText(text).width;
    if (x + wide > width) {
      lines.push([]);
      x = 0;
    }
    const named = key.colour && style.getPropertyValue(`--${key.colour}`).trim();
    lines[lines.length - 1].push({ x, text, colour: named || getComputedStyle(document.body).color });
    x += wide + gap;
  }
  return lines;
}

/**
 * @param legend written below the drawing, in its colours
 * @throws when the browser cannot draw it
 */
export async function pngOf(
  svg: SVGSVGElement,
  finding: string,
  provenance: string,
  legend: readonly LegendKey[] = [],
): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const page = getComputedStyle(document.body);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(selfContained(svg)))}`;
  await image.decode();

  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser gives no 2D canvas.');
  const size = Number.parseFloat(page.fontSize);
  const margin = size;
  const heading = `600 ${size}px ${page.fontFamily}`;
  const small = `400 ${size * 0.8}px ${page.fontFamily}`;
  context.font = heading;
  const above = wrap(context, finding, width);
  context.font = small;
  const keys = legendLines(context, legend, width);
  const below = wrap(context, provenance, width);
  const line = size * 1.1;
  const top = margin + above.length * size * 1.35;
  canvas.width = SCALE * (width + 2 * margin);
  canvas.height = SCALE * (top + height + (keys.length + below.length) * line + 1.5 * margin);

  context.scale(SCALE, SCALE);
  context.fillStyle = page.backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = page.color;
  context.font = heading;
  for (const [i, line] of above.entries()) context.fillText(line, margin, margin + (i + 0.75) * size * 1.35);
  context.drawImage(image, margin, top, width, height);
  context.font = small;
  const under = top + height + margin / 2;
  for (const [i, row] of keys.entries())
    for (const { x, text, colour } of row) {
      context.fillStyle = colour;
      context.fillText(text, margin + x, under + (i + 0.75) * line);
    }
  context.fillStyle = page.color;
  for (const [i, text] of below.entries()) context.fillText(text, margin, under + (keys.length + i + 0.75) * line);

  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('this browser writes no PNG.'))), 'image/png');
  });
}
