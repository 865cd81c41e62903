import { expect, expectTypeOf, test } from 'vitest';
import type { Calls } from './calls.ts';
import type { DatasetCalls } from './data.ts';
import { LAB_RULES, type CallRules } from './rules.ts';

const kindsWhere = (holds: (rule: (typeof LAB_RULES)[keyof Calls]) => boolean): string[] =>
  Object.entries(LAB_RULES).flatMap(([kind, rule]) => (holds(rule) ? [kind] : []));

test('a table that lacks a kind, or says that a silent call reports, does not compile', () => {
  expectTypeOf<CallRules<Calls>>().toExtend<CallRules<Calls>>();
  expectTypeOf<Omit<CallRules<Calls>, 'classify'>>().not.toExtend<CallRules<Calls>>();
  expectTypeOf<Omit<CallRules<DatasetCalls>, 'sheet'>>().not.toExtend<CallRules<DatasetCalls>>();
  expectTypeOf<CallRules<Calls>['images']['progress']>().toEqualTypeOf<'none'>();
  expectTypeOf<CallRules<Calls>['train']['progress']>().toEqualTypeOf<'each' | 'sampled'>();
});

test('what computes for long runs alone, but that a preview runs beside a training', () => {
  expect(kindsWhere(({ beside }) => beside !== 'all')).toEqual(
    'firstAnswers evaluate preview score exportOnnx exportTfjs sensitivity train learnHead learnClasses endTraining race classify gridCell'.split(
      ' ',
    ),
  );
  expect(kindsWhere(({ beside }) => beside !== 'all' && beside.length > 0)).toEqual(['preview']);
  expect(LAB_RULES.preview.beside).toEqual(['train']);
});

test('arrays are handed over where a layer was looked into for one caller', () => {
  expect(kindsWhere(({ handsOver }) => handsOver)).toEqual('channels snap clipCurve featureMaps numberPath'.split(' '));
});

test('nobody waits at the control for what stands aside', () => {
  expect(kindsWhere(({ standsAside }) => standsAside)).toEqual(['evaluate', 'score', 'gridCell']);
});
