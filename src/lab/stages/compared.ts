/** What is measured, and with what its answers are compared. */
import { LabError } from '../../contract/errors.ts';
import type { Stages, SubjectNames } from './stages.ts';
import type { Subject } from './subject.ts';

export type Compared = {
  readonly subject: Subject;
  /** 'float': the float network's own answers, since it does not know the images' classes; undefined: the labels. */
  readonly against: 'float' | undefined;
  /** Why it is not the labels, in a sentence; null: it is. */
  readonly why: string | null;
};

/** @throws as `stages.subject`, but not where the network does not know the classes of the images */
export async function comparedSubject({ subject }: Pick<Stages, 'subject'>, names: SubjectNames): Promise<Compared> {
  try {
    return { subject: await subject(names), against: undefined, why: null };
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'unknownClasses') throw error;
    return { subject: await subject({ ...names, against: 'float' }), against: 'float', why: error.message };
  }
}
