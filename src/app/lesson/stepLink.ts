/** The link to a step of the lesson, on this page as it is: its look, its device and its images stay. */
import { formatLink, parseLink, type Link } from '../state/link.ts';
import { lessonNamed } from '../words/lessons/lessons.ts';

/** @param number 1 for the first; 0 ends the lesson where it is */
export function stepLink(link: Link, number: number): string {
  if (number === 0) return formatLink({ ...link, lesson: 0, hide: [] }) || '#';
  const { backend, theme, view, seed, plan } = link;
  const step = lessonNamed(plan).steps[number - 1].link;
  const { link: shown } = parseLink(step);
  // A network that is slow asks for few images; a teacher may want even fewer.
  const images = /\bimages=/.test(step) ? Math.min(link.images, shown.images) : link.images;
  return formatLink({ ...shown, backend, theme, view, images, seed, plan, lesson: number });
}
