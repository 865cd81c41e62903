/** Tables in Markdown (GitHub's) whose cells say what they hold, whatever that is. */

/** Every character that Markdown or HTML could take for more than itself. Punctuation may always be escaped. */
const SPECIAL = /[\\`*_[\]<>|~&!#$]/g;

const LINES = /[\r\n]+/g;

/** Text in a cell: no markup, no link, one line. */
export const markdownText = (text: string): string => text.replace(LINES, ' ').replace(SPECIAL, '\\$&');

/** Code in a cell: a fence longer than any inside; a bar would part the cell even there. */
export function markdownCode(text: string): string {
  const line = text.replace(LINES, ' ').replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** @param lines the heads first; cells as they are to stand there */
export const markdownTable = ([head, ...lines]: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |\n`).join('');
