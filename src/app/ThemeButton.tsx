/** Light or dark: as the system has it, until a person chooses. */
import { useEffect, useState } from 'react';

const systemIsDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches;

export function ThemeButton() {
  const [chosen, choose] = useState<'light' | 'dark' | null>(null);
  const other = (chosen ?? (systemIsDark() ? 'dark' : 'light')) === 'dark' ? 'light' : 'dark';

  useEffect(() => {
    document.documentElement.style.colorScheme = chosen ?? '';
  }, [chosen]);

  return (
    <button type="button" className="quiet" onClick={() => choose(other)}>
      {other === 'dark' ? '☾ Dark' : '☀ Light'}
    </button>
  );
}
