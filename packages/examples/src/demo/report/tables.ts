import Table from 'cli-table3';
import type { Confusion } from '../confusion.ts';
import { digitCount } from '../mnist.ts';

const digits = Array.from({ length: digitCount }, (_, digit) => digit);
const plain = { head: [], border: [], compact: true };

/** Rows of texts under a head, numbers to the right. The first column is to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const result = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: plain,
  });
  result.push(...rows.map((row) => [...row]));
  return result.toString();
}

/** A row for each digit, a column for what it was taken for, and the share recognised. */
export function confusionTable(confusion: Confusion): string {
  const rows = digits.map((label) => [
    `is a ${label}`,
    ...digits.map((prediction) => dotForZero(confusion.count(label, prediction))),
    percent(confusion.recall(label)),
  ]);
  return table(['', ...digits.map((digit) => `→ ${digit}`), 'right'], rows);
}

/** `0.9234` as `92.34 %`. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(2)} %`;
}

function dotForZero(count: number): string {
  return count === 0 ? '·' : String(count);
}
