import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { cast, gradScale, mul, square } from '@cotangent/ops';
import { GradientError } from '../src/gradient-error.ts';
import { NumericGrad } from '../src/numeric-grad.ts';
import { verifyGrad } from '../src/verify-grad.ts';

interface Golden {
  readonly gradients: readonly {
    readonly f: 'poly' | 'two' | 'cube';
    readonly args: readonly (readonly [FloatDType, readonly number[]])[];
    readonly eps: number;
    readonly gradient: readonly number[];
  }[];
  readonly errors: readonly (readonly [a: number, b: number, abs: number, rel: number])[];
  readonly worst: readonly {
    readonly f: 'poly' | 'two';
    readonly args: readonly (readonly [FloatDType, readonly number[]])[];
    readonly analytic: readonly (readonly number[])[];
    readonly absTol: number;
    readonly relTol: number;
    readonly found: readonly [arg: number, position: number, abs: number, rel: number];
  }[];
  readonly verify: readonly {
    readonly x: readonly number[];
    readonly factor: number;
    readonly absTol: number;
    readonly relTol: number;
    readonly failure: { readonly test: number; readonly arg: number; readonly pos: number } | null;
  }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('fixtures/theano-golden.json', import.meta.url), 'utf8'),
);

const at = (x: Tensor | undefined, i: number): number => x!.get(i);
const functions = {
  poly: ([x]: readonly Tensor[]) => at(x, 0) * at(x, 1) + at(x, 2) * at(x, 2) * at(x, 0),
  two: ([x, y]: readonly Tensor[]) => at(x, 0) * at(y, 0) * at(y, 0) + at(x, 1) * at(y, 1),
  cube: ([x]: readonly Tensor[]) => at(x, 0) * at(x, 0) * at(x, 0),
};

/** Where and in which test a run fails, if it does. */
function failureOf(run: () => void): { test: number; arg: number; pos: number } | null {
  try {
    run();
    return null;
  } catch (error) {
    if (!(error instanceof GradientError)) throw error;
    return { test: error.testNumber, arg: error.arg, pos: error.errPos };
  }
}

describe('the layer that keeps the behaviour of Theano', () => {
  it.each(golden.gradients)('differences $f at $args to the bit', ({ f, args, eps, gradient }) => {
    const points = args.map(([dtype, values]) => tensorFrom([...values], { dtype }));
    const numeric = new NumericGrad((...xs: readonly Tensor[]) => functions[f](xs), points);
    expect(numeric.eps).toBe(eps);
    expect(numeric.gf.flatMap((g) => [...g.data])).toEqual(gradient);
  });

  it.each(golden.errors)('has the errors of (%p, %p)', (a, b, abs, rel) => {
    const [absErr, relErr] = NumericGrad.absRelErr(a, b);
    expect([absErr.item(), relErr.item()]).toEqual([abs, rel]);
  });

  it.each(golden.worst)('finds the worst element of $analytic (quirk 9)', (c) => {
    const points = c.args.map(([dtype, values]) => tensorFrom([...values], { dtype }));
    const numeric = new NumericGrad((...xs: readonly Tensor[]) => functions[c.f](xs), points);
    expect(numeric.maxErr(c.analytic, c.absTol, c.relTol)).toEqual(c.found);
  });

  it.each(golden.verify)('decides on $factor times the gradient at $x (quirks 11 to 13)', (c) => {
    const { x, factor, absTol, relTol, failure } = c;
    let drawn = 0;
    const rng = (): number => (0.37 * drawn++) % 1;
    const run = (): void =>
      verifyGrad((a) => gradScale(square(a), factor), [tensorFrom([...x])], {
        rng,
        absTol,
        relTol,
      });
    const found = failureOf(run);
    expect(found).toEqual(failure);
    expect(drawn).toBe((failure?.test ?? 2) * x.length);
  });

  it('takes the loosest tolerance over the inputs, and fails only beyond both (quirks 10 and 13)', () => {
    const half = [tensorFrom([1, 2]), tensorFrom([1, 2], { dtype: 'float32' })];
    const slightly = (x: Parameters<typeof gradScale>[0]): ReturnType<typeof gradScale> =>
      gradScale(x, 1.005);
    expect(() =>
      verifyGrad((x, y) => mul(slightly(square(x)), cast(y, 'float64')), half),
    ).not.toThrow();
    expect(() => verifyGrad((x) => slightly(square(x)), [tensorFrom([1, 2])])).toThrow(
      GradientError,
    );
    expect(() => verifyGrad((x) => gradScale(mul(1e-6, square(x)), 0), [[1, 2]])).not.toThrow();
  });
});
