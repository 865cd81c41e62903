/** The link to a step of the lesson, on this page as it is: its look, its device and its images stay. */
import { formatLink, parseLink, type Link } from '../state/link.ts';
import { steps } from '../words/lessonSteps.ts';

/** @param number 1 for the first; 0 ends the lesson where it is */
export function stepLink(link: Link, number: number): string {
  if (number === 0) return formatLink({ ...link, lesson: 0, hide: [] }) || '#';
  const { backend, theme, view, images, seed } = link;
  return formatLink({ ...parseLink(steps[number - 1].link).link, backend, theme, view, images, seed, lesson: number });
}
