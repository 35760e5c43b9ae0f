import { describe, expect, it } from '@jest/globals';
import { standardOps } from '@cotangent/ops';
import { Input, applyOp, tensorType } from '@cotangent/graph';
import type { Op } from '@cotangent/graph';
import { isFloat, tensorFrom } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { bothWays } from './compare.ts';

const floats = [
  0,
  5e-324,
  1e-310,
  1e-30,
  0.25,
  0.5,
  1,
  1.5,
  2,
  3,
  8,
  40,
  1000,
  1e18,
  3e38,
  1e300,
  1.7e308,
  Infinity,
].flatMap((x) => [x, -x]);
const values: { readonly [D in DType]?: readonly number[] } = {
  float64: [...floats, NaN],
  float32: [...floats.map(Math.fround), NaN],
  int32: [0, 1, -1, 2, -2, 7, -7, 65536, -65536, 2 ** 31 - 1, -(2 ** 31)],
  uint8: [0, 1, 2, 7, 128, 255],
};

/** Every combination of `count` values; of three, enough for each pair to meet. */
function columnsOf(points: readonly number[], count: number): readonly number[][] {
  if (count === 1) return [[...points]];
  const pairs = points.flatMap((x) => points.map((y) => [x, y]));
  return Array.from({ length: count }, (_, k) =>
    pairs.map(([x, y], i) => [x!, y!, points[(7 * i) % points.length]!][k]!),
  );
}

function tensorOf(column: readonly number[], dtype: DType): Tensor {
  return tensorFrom([...column], { dtype });
}

/** Relative error that is only rounding: of the function where it is well conditioned. */
const roundings: { readonly [D in DType]?: number } = { float64: 2 ** -48, float32: 2 ** -19 };

/** Sums of logarithms that cancel: zeros lie between the points. */
const besideOne: ReadonlySet<string> = new Set(['logAddExp']);

function agree({ name }: Op, want: number, got: number, dtype: DType): boolean {
  if (Object.is(want, got) || want === got) return true;
  const tolerance = roundings[dtype] ?? 0;
  const smallest = dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
  const least = besideOne.has(name) ? 1 : smallest;
  return Math.abs(want - got) <= tolerance * Math.max(Math.abs(want), least);
}

function disagreements(op: Op, dtype: DType): readonly string[] {
  const count = op.inputCount ?? 1;
  const columns = columnsOf(values[dtype] ?? [], count);
  const attrs = op.samples?.[0]?.attrs ?? {};
  const inputs = columns.map((c, i) => new Input(tensorType(dtype, [c.length]), `x${i}`));
  const [y] = applyOp(op, inputs, attrs).outputs;
  const args = columns.map((c) => tensorOf(c, dtype));
  const [pair] = bothWays(inputs, [y!], args);
  return columns[0]!.flatMap((_, i) => {
    const [got, want] = pair!.map((z) => z.get(i));
    if (agree(op, want!, got!, y!.dtype)) return [];
    return `${op.name}(${columns.map((c) => c[i]).join(', ')}) = ${got}, not ${want}`;
  });
}

const lowered = standardOps.filter(
  (op) => op.elementwise?.lower !== undefined || op.name === 'cast',
);

/** Dtypes that the op takes, and has a lowering for. */
function accepts(op: Op, dtype: DType): boolean {
  if (op.name === 'pow' && !isFloat(dtype)) return false; // integers run `eval`
  try {
    const inputs = Array.from(
      { length: op.inputCount ?? 1 },
      (_, i) => new Input(tensorType(dtype, [1]), `x${i}`),
    );
    applyOp(op, inputs, op.samples?.[0]?.attrs ?? {});
    return true;
  } catch {
    return false;
  }
}

describe.each(lowered.map((op) => [op.name, op] as const))('%s in a module', (_name, op) => {
  const dtypes = (Object.keys(values) as DType[]).filter((dtype) => accepts(op, dtype));

  it.each(dtypes)('has the values of its eval at the ends and the poles (%s)', (dtype) => {
    expect(disagreements(op, dtype)).toEqual([]);
  });
});

describe('cast in a module', () => {
  it.each(['int32', 'uint8'] as const)('wraps floats to %s as storage does', (to) => {
    const op = standardOps.find(({ name }) => name === 'cast')!;
    const column = [...floats, NaN, 2 ** 31, 2 ** 31 - 0.5, -(2 ** 31) - 1, 3e9, -3e9, 2 ** 53];
    const x = new Input(tensorType('float64', [column.length]), 'x');
    const y = applyOp(op, [x], { dtype: to }).outputs[0]!;
    const [pair] = bothWays([x], [y], [tensorOf(column, 'float64')]);
    expect(pair![0].toArray()).toEqual(pair![1].toArray());
  });
});
