/** How real numbers of a network are written: three digits, a true minus, and a power of ten where they are small. */

const digits3 = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const superscript = (n: number): string =>
  [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');

/** 0.0723 is "0.0723", -2 is "−2", 0.0000123 is "1.23 × 10⁻⁵". */
export function real(x: number): string {
  if (!Number.isFinite(x)) return x > 0 ? '∞' : x < 0 ? '−∞' : '–';
  const size = Math.abs(x);
  if (size !== 0 && size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(2).split('e');
    return `${x < 0 ? '−' : ''}${mantissa} × 10⁻${superscript(Number(exponent))}`;
  }
  return digits3.format(x).replace('-', '−');
}

/** A whole number with a true minus. */
export const whole = (n: number): string => String(n).replace('-', '−');

/** With its sign: "+0.02", "−0.02", "0". */
export const signed = (x: number): string => `${x > 0 ? '+' : ''}${real(x)}`;

/** An SQNR: "21.3", "∞" where nothing is lost. */
export const decibels = (dB: number): string => (Number.isFinite(dB) ? dB.toFixed(1).replace('-', '−') : real(dB));

/** A share as a percentage of three digits: 0.00042 is "0.042%". */
export const share = (x: number): string => `${real(100 * x)}%`;

/** The bits of a code, as they are stored: two's complement for signed codes. */
export const bitPattern = (code: number, bits: number): string =>
  (code & (2 ** bits - 1)).toString(2).padStart(bits, '0');
