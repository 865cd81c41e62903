/** Text from outside (names in files, folders and links) made harmless: what is shown is what is there. */

/** Control characters that people write to lay out text; in a name they are a space. */
const LAYOUT = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/**
 * Characters that cannot be seen but change what is: controls, marks that turn the direction of reading, characters of
 * no width, tags, surrogates without their other half, code points that no version of Unicode gives a meaning. U+200C
 * and U+200D stay: Persian and Hindi words and many emoji are spelled with them.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Cn}]|[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]/gu;

/** A letter bears a few marks in every language; a tower of them covers the lines above it. */
const TOWER = /(\p{M}{4})\p{M}+/gu;

/** Letters, digits, signs: something that ink is used for. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u;

/** Characters of the longest name that anybody means; ImageNet's longest has 121. */
export const LONGEST_NAME = 200;

/**
 * One line of text without anything unseen, composed (Unicode NFC), without outer spaces.
 * @param most code points; what is longer is cut and ends in an ellipsis
 */
export function plainText(text: string, most = LONGEST_NAME): string {
  // Cut first, with room for what is taken out: text without an end is not worked through.
  const bounded = text.slice(0, 8 * most);
  const plain = bounded.replace(LAYOUT, ' ').replace(UNSEEN, '').normalize('NFC').replace(TOWER, '$1').trim();
  const shown = SEEN.test(plain) ? plain : '';
  const points = [...shown];
  return points.length <= most
    ? shown
    : `${points
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** Whether a text holds what plainText would take out: it may say something else than it shows. */
export const hasUnseen = (text: string): boolean =>
  text.replace(UNSEEN, '') !== text || text.replace(LAYOUT, '') !== text;

/**
 * Names of classes, harmless, each of which can be told from the others.
 * @param refuse makes the error, of a clause that says what is wrong: 'its class 3 has an empty name'
 * @throws what `refuse` makes, where a name is empty, too long, or there twice
 */
export function distinctNames(names: readonly string[], refuse: (what: string) => Error): readonly string[] {
  const seen = new Map<string, number>();
  const plain = names.map((given, index) => {
    if (given.length > 4 * LONGEST_NAME || [...given].length > LONGEST_NAME)
      throw refuse(`the name of its class ${index} is longer than ${LONGEST_NAME} characters`);
    const name = plainText(given);
    if (name === '') throw refuse(`its class ${index} has an empty name`);
    const other = seen.get(name);
    if (other !== undefined) throw refuse(`its classes ${other} and ${index} have the same name, "${name}"`);
    seen.set(name, index);
    return name;
  });
  return plain.every((name, index) => name === names[index]) ? names : plain;
}
