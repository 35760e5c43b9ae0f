import { describe, expect, it } from '@jest/globals';
import { scalar } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import type { DType } from '@cotangent/tensor';
import {
  abs,
  acos,
  acosh,
  asin,
  atan,
  atan2,
  atanh,
  cast,
  ceil,
  clip,
  div,
  eq,
  exp,
  floor,
  floorDivide,
  gt,
  hypot,
  isFinite,
  log,
  log1mexp,
  log1p,
  logAddExp,
  logicalAnd,
  logit,
  maximum,
  minimum,
  mod,
  mul,
  pow,
  powInt,
  reciprocal,
  relu,
  round,
  second,
  sigmoid,
  sign,
  sqrt,
  trunc,
  where,
  xlog1py,
  xlogy,
} from '@cotangent/ops';
import { grad, pushforward } from '../src/index.ts';
import { evaluate } from './evaluate.ts';

type Composite = (...xs: Variable[]) => Variable;

function inputsFor(xs: readonly number[], dtype: DType = 'float64'): Variable[] {
  return xs.map((_, i) => scalar(`x${i}`, { dtype }));
}

function valuesAt(ys: readonly Variable[], inputs: readonly Variable[], xs: readonly number[]) {
  const givens = inputs.map((x, i) => [x, xs[i]!] as const);
  return ys.map((y) => evaluate(y, givens).item() + 0); // −0 becomes 0
}

/** The partial derivatives of `fn` at `xs` in both modes. */
function derivatives(fn: Composite, xs: readonly number[], dtype?: DType) {
  const inputs = inputsFor(xs, dtype);
  const z = fn(...inputs);
  return {
    reverse: valuesAt(grad(z, inputs), inputs, xs),
    forward: valuesAt(
      inputs.map((x) => pushforward(z, x, 1)),
      inputs,
      xs,
    ),
  };
}

/** A point, and the partial derivatives there. */
type Row = readonly [name: string, fn: Composite, xs: readonly number[], wanted: readonly number[]];

function expectRows(rows: readonly Row[]): void {
  const found = rows.map(([name, fn, xs]) => ({ name, xs, ...derivatives(fn, xs) }));
  expect(found).toEqual(
    rows.map(([name, , xs, wanted]) => ({ name, xs, reverse: wanted, forward: wanted })),
  );
}

const asNumber =
  (fn: Composite): Composite =>
  (...xs) =>
    cast(fn(...xs), 'float64');

describe('derivatives at kinks', () => {
  it('are 0 for abs and relu at 0', () => {
    expectRows([
      ['abs', abs, [0], [0]],
      ['abs', abs, [-0], [0]],
      ['relu', relu, [0], [0]],
      ['relu', relu, [2], [1]],
      ['relu', relu, [-2], [0]],
    ]);
  });

  it('go to the first of two equal operands, and to a NaN', () => {
    for (const [name, fn] of [
      ['maximum', maximum],
      ['minimum', minimum],
    ] as const) {
      expectRows([
        [name, fn, [2, 2], [1, 0]],
        [name, fn, [0, -0], [1, 0]],
        [name, fn, [Infinity, Infinity], [1, 0]],
        [name, fn, [NaN, 2], [1, 0]],
        [name, fn, [2, NaN], [0, 1]],
        [name, fn, [NaN, NaN], [1, 0]],
      ]);
    }
    expectRows([
      ['maximum', maximum, [1, 2], [0, 1]],
      ['minimum', minimum, [1, 2], [1, 0]],
    ]);
  });

  it('go to the value of clip at its bounds, and to the upper bound where bounds are crossed', () => {
    expectRows([
      ['clip', clip, [0, 0, 1], [1, 0, 0]],
      ['clip', clip, [1, 0, 1], [1, 0, 0]],
      ['clip', clip, [0.5, 0, 1], [1, 0, 0]],
      ['clip', clip, [-1, 0, 1], [0, 1, 0]],
      ['clip', clip, [2, 0, 1], [0, 0, 1]],
      ['clip', clip, [-5, 2, -2], [0, 0, 1]],
      ['clip', clip, [0, 2, -2], [0, 0, 1]],
      ['clip', clip, [5, 2, -2], [0, 0, 1]],
      ['clip', clip, [3, 3, 3], [1, 0, 0]],
      ['clip', clip, [NaN, 0, 1], [1, 0, 0]],
      ['clip', clip, [0, NaN, 1], [0, 1, 0]],
      ['clip', clip, [0, 0, NaN], [0, 0, 1]],
    ]);
  });

  it('are of minimal norm for hypot at the origin', () => {
    expectRows([
      ['hypot', hypot, [0, 0], [0, 0]],
      ['hypot', hypot, [3, 4], [0.6, 0.8]],
      ['hypot', hypot, [0, -2], [0, -1]],
    ]);
  });
});

describe('derivatives at the ends of domains', () => {
  it('are infinite where the one-sided derivative is', () => {
    expectRows([
      ['sqrt', sqrt, [0], [Infinity]],
      ['log', log, [0], [Infinity]],
      ['log1p', log1p, [-1], [Infinity]],
      ['asin', asin, [1], [Infinity]],
      ['asin', asin, [-1], [Infinity]],
      ['acos', acos, [1], [-Infinity]],
      ['acos', acos, [-1], [-Infinity]],
      ['acosh', acosh, [1], [Infinity]],
      ['atanh', atanh, [1], [Infinity]],
      ['atanh', atanh, [-1], [Infinity]],
      ['logit', logit, [0], [Infinity]],
      ['logit', logit, [1], [Infinity]],
      ['log1mexp', log1mexp, [0], [-Infinity]],
      ['log1mexp', log1mexp, [-0], [-Infinity]],
      ['reciprocal', reciprocal, [0], [-Infinity]],
      ['div', div, [1, 0], [Infinity, -Infinity]],
    ]);
  });

  it('are NaN where atan2 jumps', () => {
    expectRows([
      ['atan2', atan2, [0, 0], [NaN, NaN]],
      ['atan2', atan2, [0, 2], [0.5, 0]],
    ]);
  });
});

describe('derivatives of pow', () => {
  it('by the base are 0 whenever the exponent is 0', () => {
    expectRows([
      ['pow', (x) => pow(x, cast(0, 'float64')), [0], [0]],
      ['pow', (x) => pow(x, cast(0, 'float64')), [NaN], [0]],
      ['pow', (x) => pow(x, cast(0, 'float64')), [1e-320], [0]],
      ['pow', (x) => pow(x, cast(0, 'float64')), [-Infinity], [0]],
      ['pow', (x) => pow(x, 0), [0], [0]],
      ['powInt', (x) => powInt(x, 0), [0], [0]],
      ['powInt', (x) => powInt(x, 0), [NaN], [0]],
    ]);
  });

  it('by the base follow the formula elsewhere, for every sign of it', () => {
    expectRows([
      ['pow', (x) => pow(x, 0.5), [0], [Infinity]],
      ['pow', (x) => pow(x, 1), [0], [1]],
      ['pow', (x) => pow(x, 2), [0], [0]],
      ['pow', (x) => pow(x, 3), [-2], [12]],
      ['pow', (x) => pow(x, -1), [-2], [-0.25]],
      ['pow', (x) => pow(x, cast(3, 'float64')), [-2], [12]],
    ]);
  });

  it('by the exponent are 0 or −∞ at base 0 and NaN below', () => {
    expectRows([
      ['pow 0', (y) => pow(0, y), [2], [0]],
      ['pow 0', (y) => pow(0, y), [0], [0]],
      ['pow 0', (y) => pow(0, y), [0.5], [0]],
      ['pow 0', (y) => pow(0, y), [-1], [-Infinity]],
      ['pow −2', (y) => pow(-2, y), [3], [NaN]],
      ['pow', pow, [1, 5], [5, 0]],
      ['pow', pow, [0, 0], [0, 0]],
    ]);
  });
});

describe('derivatives of products with logarithms', () => {
  it('are log y and 0 where x = 0', () => {
    expectRows([
      ['xlogy', xlogy, [0, 1], [0, 0]],
      ['xlogy', xlogy, [0, 0], [-Infinity, 0]],
      ['xlogy', xlogy, [3, 2], [Math.LN2, 1.5]],
      ['xlog1py', xlog1py, [0, -1], [-Infinity, 0]],
      ['xlog1py', xlog1py, [0, 1], [Math.LN2, 0]],
    ]);
  });
});

describe('derivatives of logAddExp', () => {
  it('are ½ each for ties, 0 for two −∞', () => {
    expectRows([
      ['logAddExp', logAddExp, [2, 2], [0.5, 0.5]],
      ['logAddExp', logAddExp, [Infinity, Infinity], [0.5, 0.5]],
      ['logAddExp', logAddExp, [-Infinity, -Infinity], [0, 0]],
      ['logAddExp', logAddExp, [Infinity, 5], [1, 0]],
      ['logAddExp', logAddExp, [-Infinity, 5], [0, 1]],
      ['logAddExp', logAddExp, [Infinity, -Infinity], [1, 0]],
    ]);
  });
});

describe('derivatives of where', () => {
  it('select, so that no 0 meets an infinite derivative or cotangent', () => {
    const after: Composite = (c, x, y) => mul(where(c, x, y), Infinity);
    expect(derivatives(after, [1, 2, 3]).reverse).toEqual([0, Infinity, 0]);
    expect(derivatives(after, [0, 2, 3]).reverse).toEqual([0, 0, Infinity]);
    const before: Composite = (c, x, y) => where(c, sqrt(x), log(y));
    expect(derivatives(before, [1, 0, 0]).forward).toEqual([0, Infinity, 0]);
    expect(derivatives(before, [0, 0, 0]).forward).toEqual([0, 0, Infinity]);
  });

  it('treat NaN as true and the condition as a step', () => {
    expectRows([
      ['where', where, [NaN, 2, 3], [0, 1, 0]],
      ['where', where, [0, 2, 3], [0, 0, 1]],
      ['where', where, [-0.5, 2, 3], [0, 1, 0]],
    ]);
  });

  it('are NaN by the bare reverse rule where the branch not taken has an infinite derivative', () => {
    const guarded: Composite = (x) => where(gt(x, 0), sqrt(x), 0);
    expect(derivatives(guarded, [0])).toEqual({ reverse: [NaN], forward: [0] });
  });
});

describe('derivatives of step functions', () => {
  it('are 0, also at jumps', () => {
    expectRows([
      ['sign', sign, [0], [0]],
      ['floor', floor, [2], [0]],
      ['ceil', ceil, [2], [0]],
      ['trunc', trunc, [1], [0]],
      ['round', round, [0.5], [0]],
      ['floorDivide', floorDivide, [4, 2], [0, 0]],
      ['floorDivide', floorDivide, [1, 0], [0, 0]],
      ['eq', asNumber(eq), [2, 2], [0, 0]],
      ['isFinite', asNumber(isFinite), [Infinity], [0]],
      ['logicalAnd', asNumber(logicalAnd), [0, 1], [0, 0]],
    ]);
  });

  it('of mod follow the formula at jumps', () => {
    expectRows([
      ['mod', mod, [4, 2], [1, -2]],
      ['mod', mod, [-5.5, 2], [1, 3]],
    ]);
  });
});

describe('derivatives by discrete inputs of floating functions', () => {
  it('are those of the function on the reals', () => {
    expect(derivatives(exp, [3], 'int32').reverse).toEqual([Math.exp(3)]);
    expect(derivatives(log1p, [255], 'uint8').reverse).toEqual([1 / 256]);
    expect(derivatives(atan, [100000], 'int32').reverse).toEqual([1 / (1 + 1e10)]);
    expect(derivatives(log1p, [1], 'bool').reverse).toEqual([0.5]);
    expect(derivatives(sigmoid, [1], 'uint8').reverse[0]).toBeCloseTo(0.19661193324148185, 7);
    expect(derivatives((x) => pow(x, 0.5), [4], 'int32').reverse).toEqual([0.25]);
  });

  it('are 0 behind a discrete result', () => {
    const squareOfInteger: Composite = (x) => cast(pow(x, 2), 'float64');
    expect(derivatives(squareOfInteger, [3], 'int32').reverse).toEqual([0]);
  });
});

describe('second', () => {
  it('lets nothing flow to its first input', () => {
    const [x, y] = [scalar('x'), scalar('y')];
    const z = second(x, y);
    expect(() => grad(z, x)).toThrow(expect.objectContaining({ name: 'DisconnectedInputError' }));
    expect(valuesAt([grad(z, y), pushforward(z, y, 3)], [x, y], [1, 2])).toEqual([1, 3]);
  });
});

describe('second derivatives where a first derivative is guarded', () => {
  /** The Hessian by two passes of reverse mode. */
  function hessianAt(fn: Composite, xs: readonly number[]): number[][] {
    const inputs = inputsFor(xs);
    const first = grad(fn(...inputs), inputs);
    return first.map((d) =>
      valuesAt(grad(d, inputs, { disconnectedInputs: 'ignore' }), inputs, xs),
    );
  }

  it('of pow are symmetric at exponent 0 and finite at base 0', () => {
    expect(hessianAt(pow, [2, 0])[0]![1]).toBe(0.5);
    expect(hessianAt(pow, [2, 0])[1]![0]).toBe(0.5);
    expect(hessianAt(pow, [0, 2])[0]![0]).toBe(2);
    expect(hessianAt(pow, [0, 0])[0]![0]).toBe(0);
    expect(hessianAt((x) => pow(x, 2), [0])).toEqual([[2]]);
    expect(hessianAt((x) => pow(x, 1), [0])).toEqual([[0]]);
  });

  it('of xlogy and xlog1py are symmetric where x = 0', () => {
    expect(hessianAt(xlogy, [0, 4])).toEqual([
      [0, 0.25],
      [0.25, 0],
    ]);
    expect(hessianAt(xlog1py, [0, 3])).toEqual([
      [0, 0.25],
      [0.25, 0],
    ]);
  });

  it('of logAddExp are those of the function at ties, and 0 at infinities', () => {
    expect(hessianAt(logAddExp, [2, 2])).toEqual([
      [0.25, -0.25],
      [-0.25, 0.25],
    ]);
    expect(hessianAt(logAddExp, [-Infinity, -Infinity])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('of kinked functions are 0', () => {
    expect(hessianAt(abs, [0])).toEqual([[0]]);
    expect(hessianAt(relu, [0])).toEqual([[0]]);
    expect(hessianAt(hypot, [0, 0])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(hessianAt(hypot, [3, 4])[0]![0]).toBeCloseTo(16 / 125, 14);
  });
});
