/** Words around every chart. */
export const chart = {
  asTable: (title: string) => `${title} as a table`,
  csv: 'CSV',
  png: 'PNG',
  csvOf: (title: string) => `Download ${title} as CSV`,
  pngOf: (title: string) => `Download ${title} as a PNG picture`,
  provenance: 'provenance',
  empty: 'Nothing measured yet.',
  noPicture: (reason: string) => `The picture could not be made: ${reason}`,
};
