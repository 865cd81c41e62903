/**
 * Every word of the page, in one table: to translate the page, write another table of type Words. Sentences with
 * numbers in them are functions of those numbers, because word order is a language's own affair.
 * A screen keeps its words in words/<screen>.ts, as one object, and is one row here.
 */
import { bill } from './words/bill.ts';
import { chart } from './words/chart.ts';
import { classify } from './words/classify.ts';
import { clip } from './words/clip.ts';
import { closed } from './words/closed.ts';
import { data } from './words/data.ts';
import { experiments } from './words/experiments.ts';
import { files } from './words/files.ts';
import { findings } from './words/findings.ts';
import { guess } from './words/guess.ts';
import { images } from './words/images.ts';
import { layer } from './words/layer.ts';
import { layers } from './words/layers.ts';
import { path } from './words/path.ts';
import { provenance } from './words/provenance.ts';
import { race } from './words/race.ts';
import { results } from './words/results.ts';
import { schemeChoice } from './words/schemeChoice.ts';
import { screens } from './words/screens.ts';
import { shell } from './words/shell.ts';
import { snap } from './words/snap.ts';
import { staircase } from './words/staircase.ts';
import { story } from './words/story.ts';

export const WORDS = { screens, shell, chart, bill, classify, clip, closed, data, experiments, files, findings, guess, images, layer, layers, path, provenance, race, results, schemeChoice, snap, staircase, story };
export type Words = typeof WORDS;
