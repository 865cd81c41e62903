/** Learning through a staircase: why rounding stops a network from learning, and a training that gets past it. */
import type { ScreenProps } from '../types.ts';
import { Lesson } from './Lesson.tsx';
import { LiveTraining } from './LiveTraining.tsx';
import './staircase.css';

export function Staircase(props: ScreenProps) {
  return (
    <>
      <Lesson bits={props.state.choice.bits} />
      <LiveTraining {...props} />
    </>
  );
}
