/** How numbers are written on the page. */
import { WORDS } from '../words/words.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const significant3 = new Intl.NumberFormat('en', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

export const count = (n: number): string => whole.format(n);

/** A share as a percentage, one decimal: 0.9173 is "91.7%". */
export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** A share as a rounded percentage: 0.9173 is "92%". */
export const percentShort = (share: number): string => `${(share * 100).toFixed(0)}%`;

/** A signed difference of two shares in percentage points, with a true minus sign. */
export function points(difference: number): string {
  const rounded = Math.round(difference * 1000) / 10;
  if (rounded === 0) return '0.0';
  return `${rounded > 0 ? '+' : '\u2212'}${Math.abs(rounded).toFixed(1)}`;
}

/** 1 kB is 1,000 bytes. */
export const kilobytes = (bytes: number): string => `${whole.format(bytes / 1000)} kB`;

export const milliseconds = (ms: number): string => `${significant3.format(ms)} ms`;

export const times = (ratio: number): string => `${ratio.toFixed(1)}\u00d7`;

/** 271117 is "0.27 M", 41000000 is "41 M". */
export const millions = (n: number): string =>
  `${n < 1e8 ? (n / 1e6).toPrecision(2) : Math.round(n / 1e6).toLocaleString('en')} M`;

/** "8 bits" or "32-bit float". */
export const bitsName = WORDS.findings.bitsName;
