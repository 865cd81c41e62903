/** Why the modern preset keeps the full range of the weights although clipping has the smaller error, and where to see it. */
import { bitsName } from '../../text/format.ts';
import { formatLink } from '../../state/link.ts';
import { linkOf, settingsOf, wordsOf } from '../../state/selectors.ts';
import type { State } from '../../state/state.ts';

type Props = { readonly state: State; readonly on: 'snap' | 'clip' };

export function Unclipped({ state, on }: Props) {
  const words = wordsOf(state).snap;
  const { choice } = state;
  const keepsRange = settingsOf(state, choice).scheme?.weights.range === 'minmax';
  if (choice.preset !== 'modern' || choice.range !== '' || !keepsRange) return null;
  const link = linkOf(state);
  const target =
    on === 'snap' ? { ...link, screen: 'clip' as const } : { ...link, screen: 'bill' as const, range: 'mse' as const };
  return (
    <p className="note" data-testid="unclipped">
      {words.unclipped(bitsName(choice.bits))}{' '}
      <a href={formatLink(target)}>{on === 'snap' ? words.seeClip : words.seeBill}</a>.
    </p>
  );
}
