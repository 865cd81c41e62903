/** What each range method is called: in a form, and, short, as a mark on a curve. */
import { RANGE_METHODS, type RangeMethod } from '../../quant/types.ts';

type MethodWords = { readonly name: string; readonly mark: string };

const METHODS: { readonly [K in RangeMethod]: MethodWords } = {
  minmax: { name: 'minimum to maximum', mark: 'min/max' },
  ema: { name: 'moving average of min and max', mark: 'average' },
  'percentile99.9': { name: '99.9th percentile', mark: '99.9%' },
  'percentile99.99': { name: '99.99th percentile', mark: '99.99%' },
  'percentile99.999': { name: '99.999th percentile', mark: '99.999%' },
  mse: { name: 'searched, least |error|^2.4', mark: 'MSE 2.4' },
  mse2: { name: 'searched, least |error|^2', mark: 'MSE' },
  octav: { name: 'OCTAV', mark: 'OCTAV' },
  kl: { name: 'least KL divergence', mark: 'KL' },
};

const each = (word: keyof MethodWords) =>
  Object.fromEntries(RANGE_METHODS.map((method) => [method, METHODS[method][word]])) as Readonly<
    Record<RangeMethod, string>
  >;

export const rangeNames = each('name');
export const rangeMarks = each('mark');
