/** A number and what it counts, as English has it: "1 picture", "2 pictures". Every sentence that counts goes through here. */

/**
 * @param n a number, or one that is already written out ("1,000")
 * @param many where it is not `one` with an s
 */
export const plural = (n: number | string, one: string, many = `${one}s`): string => `${n} ${pluralOf(n, one, many)}`;

/** The word alone: "picture" for 1, "pictures" for any other; also for verbs: pluralOf(n, 'is', 'are'). */
export const pluralOf = (n: number | string, one: string, many = `${one}s`): string => (String(n) === '1' ? one : many);

/** As `plural`, but one is written as a word: "one thread", "4 threads". */
export const spelled = (n: number, one: string): string => (n === 1 ? `one ${one}` : plural(n, one));
