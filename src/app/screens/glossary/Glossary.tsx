/** Every technical word of the page, and what it means. */
import { useState } from 'react';
import { WORDS } from '../../words/words.ts';
import './words.css';

export function Glossary() {
  const [wanted, setWanted] = useState('');
  const words = WORDS.glossary;
  const found = words.entries.filter(({ term, also = [] }) =>
    [term, ...also].some((spelling) => spelling.toLowerCase().includes(wanted.trim().toLowerCase())),
  );
  return (
    <section className="words" aria-labelledby="words">
      <h2 id="words">{words.title}</h2>
      <label>
        {words.find}{' '}
        <input
          type="search"
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
          data-testid="find-word"
        />
      </label>
      {found.length === 0 && <p role="status">{words.none(wanted)}</p>}
      <dl>
        {found.map(({ term, meaning }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
