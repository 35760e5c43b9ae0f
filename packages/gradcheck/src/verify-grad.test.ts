import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  abs,
  add,
  cast,
  div,
  exp,
  gradScale,
  log,
  matmul,
  mul,
  sin,
  square,
  sub,
  sum,
  tanh,
} from '@cotangent/ops';
import { disconnectedGrad } from '@cotangent/ops';
import { defineOp, elementwise } from '@cotangent/graph';
import type { Unary, Variable } from '@cotangent/graph';
import { GradientError } from './gradient-error.ts';
import { verifyGrad } from './verify-grad.ts';
import type { SymbolicFunction } from './verify-problem.ts';
import type { VerifyGradOptions } from './verify-options.ts';

const f32 = (values: readonly number[]): Tensor => tensorFrom(values, { dtype: 'float32' });
const twice = (x: Variable): Variable => gradScale(x, 2);

/** The error with which a verification fails. */
function failureOf(
  fun: SymbolicFunction,
  pt: Parameters<typeof verifyGrad>[1],
  options: VerifyGradOptions = {},
): GradientError {
  try {
    verifyGrad(fun, pt, options);
  } catch (error) {
    if (error instanceof GradientError) return error;
    throw error;
  }
  throw new Error('the verification passed');
}

describe('verifyGrad', () => {
  it('passes right gradients, of one input or several', () => {
    const x = [
      [2, 3, 4],
      [-1, 3.3, 0.9],
    ];
    const passes = [
      (): void => verifyGrad(tanh, [tensorFrom(x)]),
      (): void => verifyGrad((a, b) => mul(a, exp(b)), [x, [0.1, 0.2, -0.3]]),
      (): void => verifyGrad((a, b) => matmul(a, b), [x, [[1], [2], [-1]]]),
      (): void => verifyGrad((a) => sum(square(a)), [x], { differences: 'central' }),
      (): void => verifyGrad(sin, [f32([0.5, 1])]),
    ];
    for (const pass of passes) expect(pass).not.toThrow();
  });

  it('S16 raises a GradientError with every field set', () => {
    const error = failureOf((_, y) => twice(sin(y)), [[1], [[0.25, 0.5, 1]]], { nTests: 3 });
    expect(error).toMatchObject({
      name: 'GradientError',
      code: 'GRADCHECK_MISMATCH',
      reason: 'mismatch',
      quantity: 'gradient',
      order: 1,
      arg: 1,
      shape: [1, 3],
      absTol: 1e-4,
      relTol: 1e-4,
      args: ['input 0', 'input 1'],
      testNumber: 1,
      seed: 0x5eed,
      eps: 1e-7,
      count: 3,
    });
    expect(error.index).toEqual([0, error.errPos]);
    expect(error.val1 / error.val2).toBeCloseTo(2, 4);
    expect(error.absErr).toBeCloseTo(Math.abs(error.val1 - error.val2), 12);
    expect(error.relErr).toBeCloseTo(1 / 3, 4);
    expect(error.mismatches.map((m) => m.analytic / m.numeric)).toEqual(
      error.mismatches.map(() => expect.closeTo(2, 4)),
    );
  });

  it('S16 refuses nTests below 1', () => {
    expect(() => verifyGrad(sin, [[1]], { nTests: 0 })).toThrow(
      expect.objectContaining({ name: 'ValueError', code: 'GRADCHECK_NO_TESTS' }),
    );
  });

  it('S16 passes an input without elements', () => {
    expect(() => verifyGrad(sin, [[]])).not.toThrow();
    expect(() => verifyGrad((x, y) => add(sum(x), y), [[], [1, 2]])).not.toThrow();
  });

  it('S16 names the element that is not finite', () => {
    const error = failureOf((x) => log(x), [[[1, 2, -1]]]);
    expect(error).toMatchObject({
      code: 'GRADCHECK_NON_FINITE',
      reason: 'non-finite',
      arg: 0,
      errPos: 0,
    });
    const nanAtOne: Unary = elementwise('nanAtOne', 1, {
      eval: (x) => x,
      diff: [(g, [x]) => mul(g, div(sub(x, 1), sub(x, 1)))],
      points: [[2]],
    });
    const analyticOnly = failureOf(nanAtOne, [[[2, 1, 3]]]);
    expect(analyticOnly).toMatchObject({ arg: 0, errPos: 1, index: [0, 1], count: 1 });
    expect(analyticOnly.val1).toBeNaN();
    expect(Number.isFinite(analyticOnly.val2)).toBe(true);
  });

  it('has a message that says what, where, both values, and how to repeat it', () => {
    const message = failureOf((x) => twice(mul(x, 1e-3)), [[[1, 2]]], {
      absTol: 1e-6,
      rng: 7,
    }).message;
    expect(message).toMatch(
      /verifyGrad: gradient: analytic and numeric differ at input 0, "input 0"\[0,[01]\]/,
    );
    expect(message).toMatch(/analytic \d\.\d{6}e-3 {3}numeric \d\.\d{6}e-[34]/);
    expect(message).toContain('tolerance 1e-6');
    expect(message).toContain(
      'test 1 of 2, seed 7, step 1e-7, forward differences, inputs input 0',
    );
    expect(message).toContain('2 of 2 elements');
    expect(message).toContain('analytic / numeric is 2.00');
  });

  it('lists at most ten elements', () => {
    const error = failureOf(twice, [Array.from({ length: 30 }, (_, k) => k + 1)]);
    expect(error.mismatches.length).toBe(10);
    expect(error.count).toBe(30);
    expect(error.message).toContain('and 20 more');
  });

  it('repeats itself, and changes with the seed', () => {
    const run = (rng?: number): number => failureOf(twice, [[1, 2]], { rng }).val2;
    expect(run()).toBe(run());
    expect(run(1)).not.toBe(run(2));
  });

  it("uses the caller's generator", () => {
    const error = failureOf(twice, [[1, 2]], { rng: () => 0.25 });
    expect(error.seed).toBeUndefined();
    expect(error.val1).toBe(1.5); // 2 · (0.5 + 0.25)
  });

  it('projects every output of several', () => {
    expect(() => verifyGrad((x) => [sin(x), sum(x)], [[1, 2]])).not.toThrow();
    const error = failureOf((x) => [sin(x), twice(x)], [[1, 2]]);
    expect(error.count).toBe(2);
  });

  it('verifies the gradient of the gradient with order 2', () => {
    expect(() => verifyGrad((x) => mul(x, sin(x)), [[0.5, 1]], { order: 2 })).not.toThrow();
    const heldConstant: Unary = elementwise('heldConstant', 1, {
      eval: (x) => x * x,
      diff: [(g, [x]) => mul(g, mul(2, disconnectedGrad(x)))],
      points: [[1]],
    });
    expect(() => verifyGrad(heldConstant, [[0.5, 1]])).not.toThrow();
    expect(failureOf(heldConstant, [[0.5, 1]], { order: 2 })).toMatchObject({ order: 2 });
  });

  it('takes the loosest defaults of the dtypes', () => {
    expect(failureOf((x, y) => mul(twice(x), y), [[1], f32([1])])).toMatchObject({
      absTol: 1e-2,
      relTol: 1e-2,
      eps: 3e-4,
    });
  });

  it('finds factors, signs and transposed matrices', () => {
    const wrong: readonly Unary[] = [
      elementwise('half', 1, { eval: (x) => x * x, diff: [(g, [x]) => mul(g, x)], points: [[1]] }),
      elementwise('sign', 1, { eval: Math.cos, diff: [(g, [x]) => mul(g, sin(x))], points: [[1]] }),
    ];
    for (const op of wrong) expect(() => verifyGrad(op, [[0.5, 1]])).toThrow(GradientError);
    const transposed = defineOp<1, 1>(
      'transposed',
      { inputs: 1, outputs: 1 },
      {
        infer: ([x]) => [x],
        eval: ([x]) => [x],
        pullback: ([yBar]) => [
          matmul(
            yBar,
            tensorFrom([
              [0, 1],
              [1, 0],
            ]),
          ),
        ],
      },
    );
    expect(() =>
      verifyGrad(
        (x) => transposed(x),
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ),
    ).toThrow(GradientError);
  });

  it('fails |x| at 0, where the difference is one-sided', () => {
    const error = failureOf(abs, [[0]]);
    expect(error.val1).toBe(0);
    expect(error.val2).toBeGreaterThanOrEqual(0.5);
  });

  it('passes an input that the function ignores', () => {
    expect(() => verifyGrad((x) => sin(x), [[1], [2]])).not.toThrow();
  });

  it("passes a wrong gradient where everything is tiny, as Theano's does: failing takes both tolerances", () => {
    const tiny = (x: Variable): Variable => twice(mul(1e-6, x));
    expect(() => verifyGrad(tiny, [[1]])).not.toThrow();
    expect(() => verifyGrad(tiny, [[1]], { absTol: 1e-10 })).toThrow(GradientError);
  });

  it('rounds the projection of a float32 output only if asked to', () => {
    const rounded = (x: Variable): Variable => twice(cast(x, 'float32'));
    const projection = (castToOutputType: boolean): number =>
      failureOf(rounded, [[1]], { castToOutputType, eps: 1, rng: () => 1 / 3 }).val2;
    expect(projection(false)).toBe(2 * (0.5 + 1 / 3) - (0.5 + 1 / 3));
    expect(projection(true)).toBe(Math.fround(0.5 + 1 / 3));
  });

  it('verifies float32 functions of float64 inputs', () => {
    const options = { eps: 3e-4, absTol: 1e-2, relTol: 1e-2 };
    expect(() => verifyGrad((x) => sin(cast(x, 'float32')), [[0.5]], options)).not.toThrow();
  });

  it('gives the same answer in every mode', () => {
    for (const mode of ['fast', 'reference', 'debug'] as const) {
      for (const noDebugRef of [true, false]) {
        expect(() => verifyGrad((x) => div(1, x), [[2, 3]], { mode, noDebugRef })).not.toThrow();
        expect(() => verifyGrad(twice, [[2, 3]], { mode, noDebugRef })).toThrow(GradientError);
      }
    }
  });

  it('names its error as Theano does', () => {
    expect(verifyGrad.E_grad).toBe(GradientError);
    expect(verifyGrad.name).toBe('verifyGrad');
  });

  it('refuses a point that is no list, has no entries, or is not floating', () => {
    const notAList: never = 3 as never; // what TypeScript would not let through
    expect(() => verifyGrad(sin, notAList)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_POINT_LIST' }),
    );
    expect(() => verifyGrad(sin, [])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_NO_POINT' }),
    );
    expect(() => verifyGrad(add, [[1], tensorFrom([1], { dtype: 'int32' })])).toThrow(
      expect.objectContaining({
        code: 'GRADCHECK_POINT_DTYPE',
        data: { position: 1, dtype: 'int32' },
      }),
    );
  });

  it('refuses a function that returns no variable', () => {
    const returnsNumber: never = (() => 1) as never; // what TypeScript would not let through
    expect(() => verifyGrad(returnsNumber, [[1]])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_NOT_A_VARIABLE' }),
    );
    expect(() => verifyGrad(() => [], [[1]])).toThrow(TypeError);
  });

  it('refuses options it does not know, and values that make no sense', () => {
    const misspelt: object = { absTolerance: 1 };
    expect(() => verifyGrad(sin, [[1]], misspelt)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
    const invalid: readonly object[] = [
      { mode: 'slow' },
      { absTol: -1 },
      { relTol: NaN },
      { eps: 0 },
      { differences: 'backward' },
      { order: 3 },
      { nTests: 1.5 },
      { rng: 'x' },
      { castToOutputType: 1 },
      { noDebugRef: 'no' },
    ];
    for (const options of invalid) {
      expect(() => verifyGrad(sin, [[1]], options)).toThrow(
        expect.objectContaining({ code: 'GRADCHECK_INVALID_OPTION' }),
      );
    }
  });
});
