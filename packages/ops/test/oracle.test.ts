import { describe, expect, it } from '@jest/globals';
import { tensor } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { assign, astype, tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import * as reference from '@cotangent/tensor/reference';
import fc from 'fast-check';
import { add, div, maximum, minimum, mul, sub } from '../src/elementwise/index.ts';
import { matmul } from '../src/linear/index.ts';
import { all, any, max, min, prod, sum } from '../src/reduce/index.ts';
import { concatenate, transpose } from '../src/shape/index.ts';
import { evaluate } from './evaluate.ts';

/** How a tensor lies in its storage: the order of its axes, and every how many elements an entry comes. */
interface Layout {
  readonly keys: readonly number[];
  readonly steps: readonly number[];
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  keys: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
  steps: fc.array(fc.constantFrom(1, -1, 2, -2), { minLength: 4, maxLength: 4 }),
});
const dtypes = fc.constantFrom<DType>('float64', 'float32', 'int32', 'uint8', 'bool');
const shapes = fc.array(fc.nat(3), { maxLength: 3 });

/** Quarters: sums of a few, and of their products, are exact in any order, also in float32. */
const quarters = elements(fc.integer({ min: -16, max: 16 }).map((n) => n / 4));
/** Products of many are exact. */
const powers = elements(fc.constantFrom(-2, -1, 0, 1, 2));
/** Whole numbers that every dtype but bool holds; products of pairs too. */
const small = elements(fc.nat(15));

function elements(one: fc.Arbitrary<number>): fc.Arbitrary<readonly number[]> {
  return fc.array(one, { minLength: 1, maxLength: 30 });
}

/** A tensor of this shape with `values`, repeated as often as needed. */
function laidOut(
  values: readonly number[],
  shape: readonly number[],
  dtype: DType,
  { keys, steps }: Layout,
): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const dense = Float64Array.from({ length: size }, (_, k) => values[k % values.length]!);
  const order = shape.map((_, axis) => axis).sort((a, b) => keys[a]! - keys[b]!);
  const room = zerosTensor(
    order.map((axis) => shape[axis]! * Math.abs(steps[axis]!)),
    dtype,
  );
  const inPlace = views.transpose(
    room,
    shape.map((_, axis) => order.indexOf(axis)),
  );
  const view = views.slice(
    inPlace,
    shape.map((_, axis) => ({ step: steps[axis]! })),
  );
  assign(view, astype(tensorFrom(dense, { shape }), dtype));
  return view;
}

/** What a graph of inputs of unknown sizes gives for these tensors, in the layouts they have. */
function valueFor(build: (...xs: readonly Variable[]) => Variable, ...tensors: Tensor[]): Tensor {
  const inputs = tensors.map((t, i) =>
    tensor(`x${i}`, { dtype: t.dtype, shape: t.shape.map(() => null) }),
  );
  return evaluate(build(...inputs), new Map(inputs.map((x, i) => [x, tensors[i]!])));
}

/** Equal dtype, shape and elements; the sign of a zero does not matter. */
function expectSame(got: Tensor, want: Tensor): void {
  expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
  expect(numbersOf(got)).toEqual(numbersOf(want));
}

function numbersOf(t: Tensor): readonly number[] {
  const flat = views.reshapeCopy(astype(t, 'float64'), [t.size]);
  return Array.from({ length: t.size }, (_, k) => flat.get(k) + 0);
}

describe('reductions', () => {
  const marks = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  const marked = (shape: readonly number[], mark: readonly boolean[]): number[] =>
    shape.flatMap((_, axis) => (mark[axis] === true ? [axis] : []));

  it.each([
    ['sum', sum, reference.sum, quarters],
    ['prod', prod, reference.prod, powers],
    ['any', any, reference.any, powers],
    ['all', all, reference.all, powers],
  ] as const)('%s agrees with the reference', (_name, reduce, oracle, values) => {
    fc.assert(
      fc.property(values, shapes, dtypes, layouts, marks, (list, shape, dtype, layout, mark) => {
        const dtypeThatFits = reduce === prod && dtype === 'uint8' ? 'int32' : dtype;
        const x = laidOut(list, shape, dtypeThatFits, layout);
        const axis = marked(shape, mark);
        const want = oracle(x, { axes: axis, keepDims: mark[0]! });
        expectSame(
          valueFor((v) => reduce(v!, { axis, keepDims: mark[0]! }), x),
          want,
        );
      }),
    );
  });

  it.each([
    ['max', max, reference.max],
    ['min', min, reference.min],
  ] as const)('%s agrees with the reference, NaN included', (_name, reduce, oracle) => {
    const values = elements(fc.constantFrom(-2.5, 0, 1, 3, NaN, Infinity));
    const filled = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 });
    const floats = fc.constantFrom<DType>('float64', 'float32');
    fc.assert(
      fc.property(values, filled, floats, layouts, marks, (list, shape, dtype, layout, mark) => {
        const x = laidOut(list, shape, dtype, layout);
        const axis = [0, ...marked(shape, mark).filter((k) => k > 0)]; // at least one
        const want = oracle(x, { axes: axis });
        expectSame(
          valueFor((v) => reduce(v!, { axis }), x),
          want,
        );
      }),
    );
  });
});

describe('matmul', () => {
  it('agrees with the reference for every rank and layout', () => {
    const sizes = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 3 }));
    const ranks = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    const kinds = fc.tuple(
      fc.constantFrom<DType>('float64', 'float32', 'int32', 'bool'),
      fc.constantFrom<DType>('float64', 'float32', 'int32', 'bool'),
    );
    fc.assert(
      fc.property(
        quarters,
        sizes,
        ranks,
        kinds,
        layouts,
        (list, [m, k, n, q], ranksOf, kind, layout) => {
          const left = [q, m, k].slice(3 - ranksOf[0]);
          const right = ranksOf[1] === 1 ? [k] : [n === 1 ? 1 : q, k, n].slice(3 - ranksOf[1]);
          const a = laidOut(list, left, kind[0], layout);
          const b = laidOut([...list].reverse(), right, kind[1], layout);
          expectSame(
            valueFor((x, y) => matmul(x!, y!), a, b),
            reference.matmul(a, b),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agrees with the reference beyond one block of its kernel', () => {
    fc.assert(
      fc.property(quarters, layouts, fc.integer({ min: 250, max: 260 }), (list, layout, k) => {
        const a = laidOut(list, [5, k], 'float64', layout);
        const b = laidOut([...list].reverse(), [k, 6], 'float64', layout);
        expectSame(
          valueFor((x, y) => matmul(x!, y!), a, b),
          reference.matmul(a, b),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('elementwise ops', () => {
  it.each([
    ['add', add, reference.add],
    ['sub', sub, reference.sub],
    ['mul', mul, reference.mul],
    ['div', div, reference.div],
    ['maximum', maximum, reference.maximum],
    ['minimum', minimum, reference.minimum],
  ] as const)('%s agrees with the reference, operands broadcast', (_name, op, oracle) => {
    const number = fc.constantFrom<DType>('float64', 'float32', 'int32', 'uint8');
    const ones = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        small,
        shapes,
        number,
        number,
        layouts,
        ones,
        (list, shape, d, e, layout, one) => {
          const smaller = shape
            .map((n, axis) => (one[axis] === true ? 1 : n))
            .slice(Number(one[0]));
          const x = laidOut(list, shape, d, layout);
          const y = laidOut([...list].reverse(), smaller, e, layout);
          expectSame(
            valueFor((a, b) => op(a!, b!), x, y),
            oracle(x, y),
          );
        },
      ),
    );
  });
});

describe('layout ops', () => {
  it('transpose and concatenate agree with the reference', () => {
    fc.assert(
      fc.property(small, shapes, dtypes, layouts, (list, shape, dtype, layout) => {
        const x = laidOut(list, shape, dtype, layout);
        expectSame(
          valueFor((v) => transpose(v!), x),
          reference.transpose(x),
        );
        if (shape.length === 0) return;
        const joined = valueFor((v) => concatenate([v!, v!], { axis: -1 }), x);
        expectSame(joined, reference.concatenate([x, x], shape.length - 1));
      }),
    );
  });
});
