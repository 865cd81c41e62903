/** The one live region: it holds the last announcement, unseen, for screen readers. */
import { useEffect, useState } from 'react';
import { onAnnouncement } from '../text/announce.ts';

export function LiveRegion() {
  const [said, setSaid] = useState({ text: '', times: 0 });
  useEffect(() => onAnnouncement((text) => setSaid(({ times }) => ({ text, times: times + 1 }))), []);
  return (
    <div className="unseen" role="status" aria-live="polite" data-testid="announcement">
      {/* A fresh element each time: text that does not change is not said again. */}
      <span key={said.times}>{said.text}</span>
    </div>
  );
}
