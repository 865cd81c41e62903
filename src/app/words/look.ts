/** Words of one photo, seen with all its shades and with few, and of what the network says of it. */
export const look = {
  title: 'What does the network see?',
  another: 'Another',
  anotherLong: 'Another photo',
  shades: (shades: string) => `${shades} shades`,
  picture: (label: string) => `A test photo: ${label}`,
  rounded: (label: string, bits: string, shades: string) =>
    `The same photo with ${bits} a colour, ${shades} shades: ${label}`,
  float32: '32 bits',
  who: (bits: string) => bits,
  guessFirst: 'guess first',
  waiting: 'is asked…',
  word: 'bit',
  bit: (bits: string, values: string) =>
    `a digit, 0 or 1. ${bits} make ${values} values: for the shades here, in the network for each number.`,
};
