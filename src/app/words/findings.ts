/** The sentences over the numbers and the charts of the bill. */
import { plural } from '../../base/text/plural.ts';
export const findings = {
  /** A bitwidth, or null for 32-bit float. */
  bitsName: (bits: number | null) => (bits === null ? '32-bit float' : `${bits} bits`),

  opening: 'How few bits does a neural network need?',
  float32: (percent: string, images: string) =>
    `In 32-bit floating point the network recognises ${percent} of ${plural(images, 'test image')}.`,
  headline: (bits: string, percent: string, images: string, compared: string, share: string) =>
    `At ${bits} the network recognises ${percent} of ${plural(images, 'test image')}, ${compared}, at ${share} of the size.`,
  alike: 'as many as at 32 bits',
  nearlyAlike: (fewer: boolean) => `hardly ${fewer ? 'fewer' : 'more'} than at 32 bits`,
  differs: (points: string, fewer: boolean) =>
    `${points} ${points === '1.0' ? 'point' : 'points'} ${fewer ? 'fewer' : 'more'} than at 32 bits`,

  nothingYet: 'The accuracy of every bitwidth appears here as it is measured.',
  ofPreset: (preset: string, parts: readonly string[]) => `With the ${preset} preset, ${parts.join('; ')}.`,
  loseNothing: (bits: string, percent: string) => `${bits} lose nothing (${percent})`,
  stay: (bits: string, percent: string) => `${bits} stay within a point of 32 bits (${percent})`,
  fall: (bits: string, percent: string) => `${bits} fall to ${percent}`,
  perhapsFewer: (bits: string, percent: string, images: string) =>
    `${bits} have ${percent}, which ${plural(images, 'image')} cannot tell from 32 bits`,
  /** After what a network falls to, where that is little more than chance. */
  nearChance: (percent: string) => `, and guessing would give ${percent}`,
};
