/** Words of the table of classes and bitwidths: what is still recognised of each. */
import { plural } from '../../base/text/plural.ts';

function joined(names: readonly string[], more: number): string {
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} and ${all.at(-1)}` : all[0];
}

export const damage = {
  title: 'Class by class',
  caption: 'Of the images of each class, the share that is recognised',
  class: 'Class',
  images: 'Images',
  bits: (bits: number | null) => (bits === null ? '32' : String(bits)),
  nothingYet: 'What fewer bits do to each class appears here once a bitwidth is measured.',
  tooFew: (enough: string) => `No class has ${enough} images that 32 bits recognise: too few to say which dies first.`,
  left: (name: string, share: string) => `${name} (${share})`,
  dieFirst: (bits: string, names: readonly string[], more: number, isAll: boolean) =>
    isAll
      ? `No class dies before the others: at ${bits} each has lost more than half of what 32 bits keep of it.`
      : `${joined(names, more)} ${names.length + more === 1 ? 'dies' : 'die'} first: at ${bits} less than half of what 32 bits keep of ${names.length + more === 1 ? 'it' : 'them'} is left.`,
  allLive: (bits: string) => `Down to ${bits} each class keeps at least half of what 32 bits recognise of it.`,
  show: (name: string, bits: string, share: string) => `${name} at ${bits} bits: ${share}. Show what changed`,
  changed: (name: string, bits: string, images: number) =>
    images === 0
      ? `Of ${name} nothing that 32 bits recognise is lost at ${bits} bits.`
      : `${plural(images, 'image')} of ${name} ${images === 1 ? 'is' : 'are'} lost at ${bits} bits. ${images === 1 ? 'It is' : 'They are'} taken for:`,
  more: (classes: number) => `${plural(classes, 'class', 'classes')} more, which lose less`,
  picture: (number: number, answer: string) => `Test image ${number}, taken for ${answer}`,
};
