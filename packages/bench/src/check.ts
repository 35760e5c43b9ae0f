import { epsilon } from './values.ts';
import type { Precision } from './values.ts';

/** Which arithmetic an engine must be as exact as. */
export function precisionOf(engine: string, dtype: Precision): Precision {
  // tfjs has float32 only; the elementary functions of jax-js are float32 polynomials in float64 too.
  return engine.startsWith('tfjs') || engine === 'jax-js' ? 'float32' : dtype;
}

/**
 * The largest difference of an entry from what is expected, relative to the largest entry of its output.
 *
 * @param roundings - how large it may be, in units of machine epsilon of `precision`.
 * @throws Error that says which entry is wrong.
 */
export function checkOutputs(
  outputs: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
  roundings: number,
  precision: Precision,
): number {
  if (outputs.length !== expected.length) {
    throw new Error(`the result is wrong: ${outputs.length} outputs, not ${expected.length}`);
  }
  const bound = roundings * epsilon[precision];
  const errors = outputs.map((output, k) => {
    const { error, entry } = errorOf(output, expected[k] ?? [], k);
    if (error <= bound) return error; // false for NaN
    const found = `entry ${entry} of output ${k} is ${output[entry]}, not ${expected[k]?.[entry]}`;
    const sizes = `${error.toExponential(1)} of the largest, allowed ${bound.toExponential(1)}`;
    throw new Error(`the result is wrong: ${found}: ${sizes}`);
  });
  return Math.max(0, ...errors);
}

function errorOf(
  output: ArrayLike<number>,
  expected: ArrayLike<number>,
  k: number,
): { readonly error: number; readonly entry: number } {
  if (output.length !== expected.length) {
    const sizes = `${output.length} numbers, not ${expected.length}`;
    throw new Error(`the result is wrong: output ${k} has ${sizes}`);
  }
  let scale = 0;
  let worst = 0;
  let entry = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    const difference = Math.abs(output[i]! - expected[i]!);
    if (difference <= worst) continue; // false for NaN, which stays the worst
    [worst, entry] = [difference, i];
    if (Number.isNaN(difference)) return { error: NaN, entry };
  }
  return { error: worst === 0 ? 0 : worst / scale, entry };
}
