import { applyOp, constant, scalar } from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import type { DType } from '@cotangent/tensor';
import { expect } from '@jest/globals';
import { evaluate } from './evaluate.ts';

interface WithRecord {
  readonly op: Op;
}

/** The value of an op at float64 scalars. */
export function valueAt(fn: WithRecord, ...xs: readonly number[]): number {
  const inputs = xs.map((x) => constant(x, { dtype: 'float64' }));
  return evaluate(applyOp(fn.op, inputs).outputs[0]!).item();
}

/** The dtype of an op's result for inputs of these dtypes. */
export function dtypeFor(fn: WithRecord, ...dtypes: readonly DType[]): DType {
  const inputs = dtypes.map((dtype, i) => scalar(`x${i}`, { dtype }));
  return applyOp(fn.op, inputs).outputs[0]!.dtype;
}

/** Inputs, then the correctly rounded value. */
export type Row = readonly [...xs: number[], y: number];

/** Every row holds to within a few units in the last place. */
export function expectValues(fn: WithRecord, rows: readonly Row[]): void {
  for (const row of rows) {
    const want = row.at(-1)!;
    const got = valueAt(fn, ...row.slice(0, -1));
    const error = Object.is(got, want) ? 0 : Math.abs(got - want) / Math.abs(want);
    if (error < 1e-15) continue;
    expect(`${fn.op.name}(${row.slice(0, -1).join(', ')}) = ${got}`).toBe(String(want));
  }
}

/** Every row holds exactly: NaN is NaN, and the sign of a zero does not matter. */
export function expectExact(fn: WithRecord, rows: readonly Row[]): void {
  const values = rows.map((row) => valueAt(fn, ...row.slice(0, -1)) + 0);
  expect(values).toEqual(rows.map((row) => row.at(-1)! + 0));
}
