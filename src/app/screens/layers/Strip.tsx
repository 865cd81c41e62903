/** The network as a strip of layers, each with its SQNR: a number, a bar and a colour. Arrow keys go along it. */
import type { CSSProperties, KeyboardEvent } from 'react';
import { WORDS } from '../../words/words.ts';
import { decibels } from '../layer/numbers.ts';
import { cleanness, extremes, stagesOf, type Cell } from './strip.ts';

type Props = { readonly cells: readonly Cell[]; readonly chosen: string; readonly onChoose: (name: string) => void };

const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowRight: (at, last) => Math.min(at + 1, last),
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowLeft: (at) => Math.max(at - 1, 0),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

export function Strip({ cells, chosen, onChoose }: Props) {
  const { worst } = extremes(cells);
  const at = Math.max(
    0,
    cells.findIndex(({ name }) => name === chosen),
  );

  function move(event: KeyboardEvent<HTMLDivElement>): void {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { name } = cells[step(at, cells.length - 1)];
    event.currentTarget.querySelector<HTMLElement>(`[data-layer="${name}"]`)?.focus();
    onChoose(name);
  }

  return (
    <div className="strip" role="toolbar" aria-label={WORDS.layers.strip} onKeyDown={move}>
      {stagesOf(cells).map((stage) => (
        <div key={stage.name} className="strip-stage">
          <span className="heading">{stage.name}</span>
          <div className="cells">
            {stage.cells.map((cell) => (
              <CellButton
                key={cell.name}
                cell={cell}
                clean={cleanness(cell.sqnr, worst.sqnr)}
                chosen={cell.name === chosen}
                reachable={cell === cells[at]}
                onChoose={onChoose}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

type CellProps = {
  readonly cell: Cell;
  readonly clean: number;
  readonly chosen: boolean;
  readonly reachable: boolean;
  readonly onChoose: (name: string) => void;
};

function CellButton({ cell: { name, short, bits, sqnr }, clean, chosen, reachable, onChoose }: CellProps) {
  return (
    <button
      type="button"
      className="cell"
      aria-pressed={chosen}
      aria-label={WORDS.layers.cell(name, decibels(sqnr), bits)}
      tabIndex={reachable ? 0 : -1}
      style={{ '--clean': clean } as CSSProperties}
      onClick={() => onChoose(name)}
      data-layer={name}
      data-sqnr={sqnr}
      data-testid={`cell-${name}`}
    >
      <span className="short">{short === name ? '' : short}</span>
      <strong>{decibels(sqnr)}</strong>
      <span className="bar" aria-hidden="true" />
    </button>
  );
}
