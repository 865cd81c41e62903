/** What every screen is given: all that the page knows, the way to change it, and the lab. */
import type { Lab } from '../../lab/rpc/client.ts';
import type { Trainings } from '../training/trainings.ts';
import type { State } from '../state/state.ts';
import type { Action } from '../state/reducer.ts';

export type ScreenProps = {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  /** For what only this screen asks of the lab; what the page as a whole measures is in `state`. */
  readonly lab: Lab;
  readonly trainings: Trainings;
};
