/**
 * Every word of the page, in one table: to translate the page, write another table of type Words. Sentences with
 * numbers in them are functions of those numbers, because word order is a language's own affair.
 * A screen keeps its words in words/<screen>.ts, as one object, and is one row here.
 */
import { agreement } from './agreement.ts';
import { bill } from './bill.ts';
import { chart } from './chart.ts';
import { classes } from './classes.ts';
import { classify } from './classify.ts';
import { clip } from './clip.ts';
import { lesson } from './lesson.ts';
import { look } from './look.ts';
import { modelAbsent } from './modelAbsent.ts';
import { damage } from './damage.ts';
import { data } from './data.ts';
import { experiments } from './experiments.ts';
import { files } from './files.ts';
import { findings } from './findings.ts';
import { glossary } from './glossary.ts';
import { guess } from './guess.ts';
import { images } from './images.ts';
import { layer } from './layer.ts';
import { layers } from './layers.ts';
import { path } from './path.ts';
import { provenance } from './provenance.ts';
import { race } from './race.ts';
import { recovery } from './recovery.ts';
import { results } from './results.ts';
import { schemeChoice } from './schemeChoice.ts';
import { screens } from './screens.ts';
import { shell } from './shell.ts';
import { snap } from './snap.ts';
import { staircase } from './staircase.ts';
import { story } from './story.ts';
import { waiting } from './waiting.ts';

export const WORDS = {
  screens,
  shell,
  chart,
  agreement,
  bill,
  classes,
  classify,
  clip,
  modelAbsent,
  damage,
  data,
  experiments,
  files,
  findings,
  glossary,
  guess,
  images,
  layer,
  layers,
  lesson,
  look,
  path,
  provenance,
  race,
  recovery,
  results,
  schemeChoice,
  snap,
  staircase,
  story,
  waiting,
};
export type Words = typeof WORDS;
