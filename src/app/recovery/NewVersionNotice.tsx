/** Offers a new version of the page. */
import { useStore } from '../store/useStore.ts';
import { WORDS } from '../words/words.ts';
import { NEW_VERSION, putOff } from './newVersion.ts';

export function NewVersionNotice() {
  const { isThere } = useStore(NEW_VERSION);
  const words = WORDS.recovery;
  if (!isThere) return null;
  return (
    <div className="notice" role="status" data-testid="new-version">
      <p>{words.newVersion}</p>
      <p className="buttons">
        <button type="button" onClick={() => location.reload()}>
          {words.loadNew}
        </button>
        <button type="button" onClick={putOff}>
          {words.later}
        </button>
      </p>
    </div>
  );
}
