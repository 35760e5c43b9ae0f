import { describe, expect, it } from '@jest/globals';
import { Input, applyOp, constant, topologicalNodes, vector } from '@cotangent/graph';
import type { Op, OpSample, SampleInput, Variable } from '@cotangent/graph';
import {
  add,
  affineScan,
  arange,
  broadcastTo,
  cast,
  flatten,
  matmul,
  mul,
  oneHot,
  reshape,
  shape,
  shapeAt,
  size,
  slice,
  standardOps,
  sum,
  tensordot,
} from '@cotangent/ops';
import { astype, mapTensors, tensorFrom, views, zerosTensor, assign } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { grad, vectorize } from '../src/index.ts';
import { evaluate } from './evaluate.ts';

/** Ops whose result's shape is the value of their inputs: batches of those are evaluated one by one. */
const shapedByValues: readonly string[] = ['arange', 'dimensions', 'eye', 'nonzero'];

/** How many elements the batches have. */
const count = 3;

function sampleTensor(input: SampleInput): Tensor {
  const isTyped = typeof input === 'object' && 'dtype' in input;
  return tensorFrom(isTyped ? input.value : input, isTyped ? { dtype: input.dtype } : {});
}

function inputLike(value: Tensor, isKnown: boolean): Input {
  const sizes = isKnown ? value.shape : value.shape.map(() => null);
  return new Input({ kind: 'tensor', dtype: value.dtype, shape: sizes });
}

/** `value` moved by a little, another little for each element of the batch. */
function moved(value: Tensor, b: number): Tensor {
  return mapTensors((x) => x + b / 32, [value], value.dtype);
}

function stacked(values: readonly Tensor[]): Tensor {
  const [first] = values;
  const all = zerosTensor([values.length, ...first!.shape], first!.dtype);
  values.forEach((value, b) => assign(views.slice(all, [b]), value));
  return all;
}

/** All subsets of `positions` but the empty one. */
function subsets(positions: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** positions.length - 1 }, (_, k) =>
    positions.filter((_position, bit) => ((k + 1) >> bit) & 1),
  );
}

/** Equal dtype and shape, and elements up to rounding. */
function expectSame(got: Tensor, want: Tensor): void {
  expect([got.dtype, got.shape]).toEqual([want.dtype, want.shape]);
  const flat = (t: Tensor): readonly number[] => {
    const dense = views.reshapeCopy(astype(t, 'float64'), [t.size]);
    return Array.from({ length: t.size }, (_, k) => dense.get(k));
  };
  const wanted = flat(want);
  flat(got).forEach((x, k) => {
    const y = wanted[k]!;
    const isNear = Object.is(x + 0, y + 0) || Math.abs(x - y) <= 1e-13 * (1 + Math.abs(y));
    expect(isNear ? y : x).toBe(y);
  });
}

interface Setting {
  readonly op: Op;
  readonly attrs: object;
  readonly values: readonly Tensor[];
  readonly batched: readonly number[];
  readonly isKnown: boolean;
}

/** The batched outputs, and what to give for the inputs to have their values. */
function batchOf({ op, attrs, values, batched, isKnown }: Setting): {
  readonly ys: readonly Variable[];
  readonly givens: readonly (readonly [Variable, Tensor])[];
} {
  const isFree = (value: Tensor): boolean => value.dtype === 'float64';
  const xs = values.map((value) => (isFree(value) ? inputLike(value, isKnown) : constant(value)));
  const whole = new Map(
    batched.map((i) => {
      const batch = stacked(Array.from({ length: count }, (_, b) => moved(values[i]!, b)));
      return [i, { input: inputLike(batch, isKnown), batch }] as const;
    }),
  );
  const batches = new Map([...whole].map(([i, { input }]) => [xs[i]!, input] as const));
  const ys = vectorize(applyOp(op, xs, attrs).outputs, batches);
  const shared = xs.flatMap((x, i) => (isFree(values[i]!) ? [[x, values[i]!] as const] : []));
  return {
    ys,
    givens: [...shared, ...[...whole.values()].map((w) => [w.input, w.batch] as const)],
  };
}

/** The same, one element after the other. */
function oneByOne({ op, attrs, values, batched }: Setting): readonly Tensor[] {
  const results = Array.from({ length: count }, (_, b) => {
    const xs = values.map((value, i) => constant(batched.includes(i) ? moved(value, b) : value));
    return applyOp(op, xs, attrs).outputs.map((y) => evaluate(y));
  });
  return results[0]!.map((_, j) => stacked(results.map((result) => result[j]!)));
}

function loops(ys: readonly Variable[]): readonly string[] {
  return topologicalNodes(ys)
    .map(({ op }) => op.name)
    .filter((name) => name.startsWith('each('));
}

function settings(op: Op, { inputs, attrs = {} }: OpSample): readonly Setting[] {
  const values = inputs.map(sampleTensor);
  const floats = values.flatMap(({ dtype }, i) => (dtype === 'float64' ? [i] : []));
  return subsets(floats).flatMap((batched) =>
    [true, false].map((isKnown) => ({ op, attrs, values, batched, isKnown })),
  );
}

describe('vectorize, for every op', () => {
  it.each(standardOps.map((op) => [op.name, op] as const))('%s', (name, op) => {
    for (const setting of (op.samples ?? []).flatMap((sample) => settings(op, sample))) {
      const { ys, givens } = batchOf(setting);
      oneByOne(setting).forEach((want, j) => expectSame(evaluate(ys[j]!, givens), want));
      expect(shapedByValues.includes(name) ? [] : loops(ys)).toEqual([]);
    }
  });

  it('has a rule for each but those that make a shape of values', () => {
    const without = standardOps.filter((op) => op.elementwise === undefined && !op.batch);
    expect(without.map(({ name }) => name).sort()).toEqual(shapedByValues);
  });
});

function shifted({ values, batched }: Setting, c: number): readonly Tensor[] {
  return values.map((value, i) => (batched.includes(i) ? moved(value, c) : value));
}

/** For every op with float inputs: all of them in the batch, no size known. */
const allBatched = standardOps.flatMap((op) => {
  const setting = settings(op, op.samples?.[0] ?? { inputs: [] }).findLast(
    ({ isKnown }) => !isKnown,
  );
  return setting === undefined ? [] : [[op.name, setting] as const];
});

describe('vectorize, twice', () => {
  it.each(allBatched)('%s', (_name, setting) => {
    const { ys, givens } = batchOf(setting);
    const outer = new Map(
      givens.slice(-setting.batched.length).map(([x, batch]) => {
        const batches = stacked([batch, moved(batch, 1)]);
        return [x, [inputLike(batches, false), batches] as const] as const;
      }),
    );
    const twice = vectorize(ys, new Map([...outer].map(([x, [input]]) => [x, input] as const)));
    const wanted = [0, 1].map((c) => oneByOne({ ...setting, values: shifted(setting, c) }));
    twice.forEach((y, j) => {
      const want = stacked(wanted.map((results) => results[j]!));
      expectSame(evaluate(y, [...givens, ...outer.values()]), want);
    });
  });
});

describe('vectorize', () => {
  const x = vector('x');
  const n = vector('n', { dtype: 'int32' });
  const xs = new Input({ kind: 'tensor', dtype: 'float64', shape: [null, null] });
  const xsValue = tensorFrom([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const ofBatch = (y: Variable, value: Tensor = xsValue): Tensor =>
    evaluate(vectorize([y], new Map([[x, xs]]))[0]!, [[xs, value]]);

  it('batches discrete inputs', () => {
    const ns = new Input({ kind: 'tensor', dtype: 'int32', shape: [null, null] });
    const run = (y: Variable): unknown => {
      const [ys] = vectorize([y], new Map([[n, ns]]));
      expect(loops([ys!])).toEqual([]);
      return evaluate(ys!, [[ns, tensorFrom([[1], [0]], { dtype: 'int32' })]]).toArray();
    };
    expect(run(oneHot(n, 2))).toEqual([[[0, 1]], [[1, 0]]]);
    expect(run(cast(n, 'bool'))).toEqual([[true], [false]]);
  });

  it('gives every element the shape, which stays weak', () => {
    const y = vector('y', { dtype: 'float32' });
    const ys = new Input({ kind: 'tensor', dtype: 'float32', shape: [2, 3] });
    for (const count of [shapeAt(y, 0), size(y), sum(shape(y))]) {
      const [scaled] = vectorize([mul(y, count)], new Map([[y, ys]]));
      expect(scaled!.dtype).toBe(mul(y, count).dtype);
      const value = evaluate(scaled!, [[ys, astype(xsValue, 'float32')]]);
      expect(value.toArray()).toEqual([
        [3, 6, 9],
        [12, 15, 18],
      ]);
    }
    expect(ofBatch(shape(x)).toArray()).toEqual([[3], [3]]);
  });

  it('aligns elements of different rank', () => {
    const w = new Input({ kind: 'tensor', dtype: 'float64', shape: [null, null] });
    const ws = new Input({ kind: 'tensor', dtype: 'float64', shape: [null, null, null] });
    const both = new Map([
      [x, xs],
      [w, ws],
    ]);
    const wsValue = tensorFrom([[[1, 0, 1]], [[0, 1, 0]]]);
    const run = (y: Variable): unknown =>
      evaluate(vectorize([y], both)[0]!, [
        [xs, xsValue],
        [ws, wsValue],
      ]).toArray();
    expect(run(add(w, x))).toEqual([[[2, 2, 4]], [[4, 6, 6]]]);
    expect(run(matmul(w, x))).toEqual([[4], [5]]);
    expect(run(tensordot(w, x, [1, 0]))).toEqual([[4], [5]]);
  });

  it('goes element by element where bounds or sizes are in the batch', () => {
    const k = new Input({ kind: 'tensor', dtype: 'int32', shape: [] });
    const ks = vector('ks', { dtype: 'int32' });
    const run = (y: Variable, value: readonly number[]): unknown => {
      const [ys] = vectorize([y], new Map([[k, ks]]));
      expect(loops([ys!]).length).toBeGreaterThan(0);
      return evaluate(ys!, [
        [x, [1, 2, 3]],
        [ks, value],
      ]).toArray();
    };
    expect(run(slice(x, [k]), [2, 0, 1])).toEqual([3, 1, 2]);
    expect(run(sum(slice(x, [{ start: k }])), [1, 1])).toEqual([5, 5]);
    expect(run(sum(broadcastTo(5, [k])), [3, 3])).toEqual([15, 15]);
    expect(run(arange(k), [2, 2])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('takes a batch of no elements', () => {
    const none = zerosTensor([0, 6], 'float64');
    expect(ofBatch(reshape(x, [2, -1]), none).shape).toEqual([0, 2, 3]);
    expect(ofBatch(flatten(reshape(x, [2, -1])), none).shape).toEqual([0, 6]);
    expect(ofBatch(affineScan(x, x), none).shape).toEqual([0, 6]);
  });

  it('leaves gradients right', () => {
    const w = vector('w');
    const cost = sum(mul(add(matmul(x, w), sum(x)), mul(x, w)));
    const whole = ofBatchOfGradients(grad(cost, w));
    [0, 1].forEach((b) => {
      const one = evaluate(grad(cost, w), [
        [x, views.slice(xsValue, [b])],
        [w, [1, -2, 0.5]],
      ]);
      expectSame(views.slice(whole, [b]), one);
    });

    function ofBatchOfGradients(g: Variable): Tensor {
      const [gs] = vectorize([g], new Map([[x, xs]]));
      return evaluate(gs!, [
        [xs, xsValue],
        [w, [1, -2, 0.5]],
      ]);
    }
  });
});
