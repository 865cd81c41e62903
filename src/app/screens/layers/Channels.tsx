/** The channels' ranges of one layer, as trained or equalized: one chart, with a choice under it where there is one. */
import { useState } from 'react';
import type { RunSettings } from '../../../contract/run.ts';
import type { Lab } from '../../../lab/rpc/client.ts';
import { WORDS } from '../../words/words.ts';
import { useAnswer } from '../layer/useAnswer.ts';
import { Waiting } from '../layer/Waiting.tsx';
import { ChannelRanges } from './ChannelRanges.tsx';

type Props = { readonly lab: Lab; readonly settings: RunSettings; readonly layer: string };

export function Channels({ lab, settings, layer }: Props) {
  const words = WORDS.layers.equalization;
  const asSettings = settings.scheme?.repairs?.includes('cle') ?? false;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const even = wanted ?? asSettings;
  const own = useAnswer(lab, 'channels', { settings, layer });
  const other = useAnswer(lab, 'channels', { settings, layer, equalized: !asSettings }, wanted !== null);
  const shown = even === asSettings ? own.result : other.result;
  const ready = shown ?? own.result;
  return (
    <>
      <Waiting answer={own} what={WORDS.layers.channelsOf} />
      {ready && (
        <ChannelRanges
          channels={ready}
          other={ready === own.result ? other.result : own.result}
          control={
            ready.canBeEqualized && (
              <fieldset className="choice equalization">
                <legend>{words.title}</legend>
                {[false, true].map((value) => (
                  <label key={String(value)}>
                    <input
                      type="radio"
                      name="equalized"
                      checked={value === even}
                      onChange={() => setWanted(value)}
                      data-testid={value ? 'equalized' : 'as-trained'}
                    />
                    {value ? words.even : words.trained}
                  </label>
                ))}
                {even !== asSettings && <Waiting answer={other} what={words.waiting} />}
                {even && <p className="note">{words.what}</p>}
              </fieldset>
            )
          }
        />
      )}
    </>
  );
}
