import { epsilon } from './values.ts';
import type { Precision } from './values.ts';

/** Why results are wrong, or `undefined` if they are right. */
export type Finding = string | undefined;

/**
 * Compares results with what is expected: in each output the largest difference may be `roundings` times machine epsilon
 * of `precision`, relative to its largest entry.
 */
export function findWrong(
  outputs: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
  roundings: number,
  precision: Precision,
): Finding {
  if (outputs.length !== expected.length) {
    return `${outputs.length} outputs, not ${expected.length}`;
  }
  for (const [k, output] of outputs.entries()) {
    const wrong = findWrongEntry(output, expected[k] ?? [], roundings * epsilon[precision]);
    if (wrong !== undefined) return `output ${k}: ${wrong}`;
  }
  return undefined;
}

function findWrongEntry(
  output: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
): Finding {
  if (output.length !== expected.length) return `${output.length} numbers, not ${expected.length}`;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!));
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(output[i]! - expected[i]!);
    if (difference <= bound * scale) continue; // false for NaN
    const relative = (difference / scale).toExponential(1);
    const allowed = bound.toExponential(1);
    return `entry ${i} is ${output[i]}, not ${expected[i]}: ${relative} of the largest, allowed ${allowed}`;
  }
  return undefined;
}
