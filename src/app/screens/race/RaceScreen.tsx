/** The race: what is really gained on this machine, file by file. */
import { useEffect, useState } from 'react';
import type { Race, RaceArgs, RaceRow } from '../../../contract/calls/race.ts';
import { announce } from '../../text/announce.ts';
import { contendersOf } from '../../state/contenders.ts';
import { WORDS } from '../../words/words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { Waiting } from '../layer/Waiting.tsx';
import { Explained } from '../../glossary/Explained.tsx';
import type { ScreenProps } from '../types.ts';
import { RaceChart } from './RaceChart.tsx';
import { RaceForm, type Field } from './RaceForm.tsx';
import { OperatorTables } from './OperatorTables.tsx';
import { RaceTable } from './RaceTables.tsx';
import './race.css';

const NOTHING = {};

/** Races of this page so far: each is measured, however often it is asked for. */
let attempts = 0;

export function RaceScreen({ state, dispatch, lab }: ScreenProps) {
  const [asked, setAsked] = useState<RaceArgs | null>(null);
  const answer = useAnswer(lab, 'race', asked);
  const absent = useAnswer(lab, 'absentLanes', NOTHING).result ?? [];
  const { result } = answer;
  useEffect(() => {
    if (result) dispatch({ kind: 'raced', race: result });
  }, [dispatch, result]);
  const start = ({ entries, lanes, batches }: Field): void => {
    attempts++;
    setAsked({ entries, lanes, batches, attempt: attempts });
  };
  const shown = answer.shown ?? state.raced;
  const busy = asked !== null && answer.result === null && answer.failure === null;
  return (
    <>
      <RaceForm
        files={contendersOf(state)}
        absent={absent}
        busy={busy}
        onStart={start}
        onCancel={() => setAsked(null)}
      />
      {asked && <Waiting answer={answer} what={WORDS.race.running} />}
      {shown && <Outcome race={shown} />}
    </>
  );
}

function Outcome({ race: { rows, findings, absent, machine } }: { readonly race: Race }) {
  const words = WORDS.race;
  useEffect(() => announce(findings.join(' ')), [findings]);
  return (
    <>
      <section className="race-findings" aria-labelledby="race-findings">
        <h2 id="race-findings">{words.findings}</h2>
        <ul data-testid="race-findings">
          {findings.map((finding) => (
            <li key={finding}>
              <Explained>{finding}</Explained>
            </li>
          ))}
          {findings.length === 0 && <li>{words.none}</li>}
          {absent.map(({ lane, reason }) => (
            <li key={lane} className="absent" data-testid={`absent-${lane}`}>
              {words.absent(words.lane[lane], reason)}
            </li>
          ))}
        </ul>
      </section>
      <section className="race-charts">
        {groups(rows).map((group) => (
          <RaceChart key={`${group[0].lane}-${group[0].batch}`} rows={group} machine={machine} />
        ))}
      </section>
      {rows.length > 0 && <RaceTable rows={rows} />}
      <OperatorTables groups={groups(rows)} />
    </>
  );
}

/** Rows of one lane and batch size together: only these were run in turn. */
function groups(rows: readonly RaceRow[]): readonly (readonly RaceRow[])[] {
  const keys = [...new Set(rows.map(({ lane, batch }) => `${lane} ${batch}`))];
  return keys.map((key) => rows.filter(({ lane, batch }) => `${lane} ${batch}` === key));
}
