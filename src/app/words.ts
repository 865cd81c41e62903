/**
 * Every word of the page, in one table: to translate the page, write another table of type Words. Sentences with
 * numbers in them are functions of those numbers, because word order is a language's own affair.
 * A screen keeps its words in words/<screen>.ts, as one object, and is one row here.
 */
import { bill } from './words/bill.ts';
import { chart } from './words/chart.ts';
import { screens } from './words/screens.ts';
import { shell } from './words/shell.ts';

export const WORDS = { screens, shell, chart, bill };
export type Words = typeof WORDS;
