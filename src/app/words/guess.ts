/** Words of every prediction: what is guessed is asked by its screen. */
export const guess = {
  title: 'Predict first',
  label: 'My guess',
  commit: 'That is my guess',
  pass: 'Just show me',
};
