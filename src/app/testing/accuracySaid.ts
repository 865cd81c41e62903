/** Finds each word of accuracy on the page, wherever it is read or heard, so that a test can find one that speaks of agreement. */

/** What is counted where the right answers are known. */
export const ACCURACY = /\b(?:accura\w*|right|recogni[sz]\w*|top-?1)\b/i;

/** Attributes that a person reads or hears. */
const SPOKEN = ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'alt', 'placeholder'];

/** What says that there is no accuracy, and why. */
const SAYS_WHY = '[data-testid="unlabelled"], [data-testid="not-compared"]';

/** The element's own words, without those of the elements in it. */
const ownText = (element: Element): string =>
  [...element.childNodes]
    .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
    .map(({ textContent }) => textContent)
    .join(' ');

const placeOf = (element: Element): string =>
  element.closest('[data-testid]')?.getAttribute('data-testid') ?? element.tagName.toLowerCase();

/** @param page as it stands: what is not shown is not read */
export const accuracySaid = (page: ParentNode): readonly string[] =>
  [...page.querySelectorAll('*')]
    .filter((element) => !element.closest(SAYS_WHY))
    .flatMap((element) =>
      [ownText(element), ...SPOKEN.map((name) => element.getAttribute(name) ?? '')]
        .filter((text) => ACCURACY.test(text))
        .map((text) => `${placeOf(element)}: ${text}`),
    );
