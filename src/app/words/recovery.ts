/** Words for a page that something happened to: a part that is gone, a fault, a new version, an answer from elsewhere. */
export const recovery = {
  partGone: (what: string) =>
    `${what} cannot be shown: a part of the page did not arrive. Either the network failed for a moment, or a new version of the page was put up. Load the page again: what you measured and guessed stays.`,
  broken: (what: string, message: string) =>
    `${what} cannot be shown, because of a fault in this page (${message}). Load the page again: what you measured and guessed stays.`,
  thePage: 'The page',
  reload: 'Load the page again',
  tryAgain: 'Try again',
  newVersion: 'A new version of this page is there. What you measured and guessed stays when you load it.',
  loadNew: 'Load it now',
  later: 'Later',
};
