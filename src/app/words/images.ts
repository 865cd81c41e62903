/** Words around the test images and what the network says of them. */
import { plural } from '../../base/text/plural.ts';
export const images = {
  title: 'What the network sees',
  alike: (quantized: string) => `${quantized} and 32-bit float answer alike on every image.`,
  differ: (quantized: string, changed: string, total: string, lost: string, won: string) =>
    `${quantized} and 32-bit float differ on ${changed} of ${plural(total, 'image')}: ${lost} lost, ${won} won.`,
  onlyFlipped: 'Show only the images on which they differ',
  more: (total: string) => `Show more of ${plural(total, 'image')}`,
  picture: (number: number, label: string) => `Test image ${number}: ${label}`,
  differs: '≠ differ',
  float32: '32-bit',
  quantized: (bits: number) => `${bits}-bit`,
  right: 'right',
  wrong: 'wrong',
};
