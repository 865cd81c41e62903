/** What is printed. */

/** Pages of a PDF, by its own list of them. */
export const pagesOf = (pdf: Buffer): number => [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length;
