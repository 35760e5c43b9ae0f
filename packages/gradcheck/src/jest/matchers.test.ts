import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { elementwise } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { exp, floor, gradScale, mul, tanh } from '@cotangent/ops';
import { gradcheckMatchers } from './index.ts';
import type { NumericRule } from '../modern/rule.ts';

expect.extend(gradcheckMatchers);

/** x³, whose gradient is `factor` times too large. */
function cube(factor: number): NumericRule {
  return {
    name: 'cube',
    f: (x) => x!.data.map((a) => a ** 3),
    vjp: ([x], [u]) => x!.data.map((a, i) => factor * 3 * a * a * u!.data[i]!),
  };
}
const right = (x: Variable, y: Variable): Variable => mul(tanh(x), y);
const wrong = (x: Variable): Variable => gradScale(exp(x), 2);
const point = [
  [0.5, -1],
  [2, 3],
];

/** What a failing assertion says, without colours. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return stripVTControlCharacters(Object(error).message);
  }
  throw new Error('nothing was thrown');
}

describe('toHaveCorrectGradientsAt', () => {
  it('takes functions of variables, ops and rules', () => {
    expect(right).toHaveCorrectGradientsAt(point);
    expect(tanh.op).toHaveCorrectGradientsAt([[0.5, -1]]);
    expect(cube(1)).toHaveCorrectGradientsAt([[0.5, -1]], { projections: 1 });
  });

  it('is false of wrong ones', () => {
    expect(wrong).not.toHaveCorrectGradientsAt([[0.5, -1]]);
    expect(cube(2)).not.toHaveCorrectGradientsAt([[0.5, -1]]);
  });

  it('says where, both values, bound, cause, step, seed and how to repeat it', () => {
    const text = messageOf(() =>
      expect(cube(2)).toHaveCorrectGradientsAt([[0.5, -1]], { names: ['side'], seed: 7 }),
    );
    expect(text.replaceAll(/± \S+/g, '± …').replaceAll(/= \S+ bounds/g, '= … bounds')).toBe(
      [
        'expect(fn).toHaveCorrectGradientsAt(points)',
        '',
        'cube: vjp.value FAILED at input 0 "side"[1] of shape [2]   (2 of 4 entries differ)',
        '  analytic  6     numeric 3 ± …     difference 3 = … bounds',
        '  ratio analytic/numeric = 2.00000   → a factor 2 too many at all 2 entries',
        '  output 0[1]   point: #0   Taylor slope 1.01 (right would be 2)',
        '  replay: gradcheck --replay gc1.cube.0.vjp_value.7',
        'cube: fail (8 pass, 1 fail, 0 inconclusive, 0 skipped, 0 error; 45 evaluations; seed 7)',
        '  best step of the difference: 0.0500 (of 4)',
      ].join('\n'),
    );
  });

  it('says with .not that all is right', () => {
    expect(messageOf(() => expect(right).not.toHaveCorrectGradientsAt(point))).toMatch(
      /^expect\(fn\)\.not\.toHaveCorrectGradientsAt\(points\)\n\nExpected a derivative to be wrong, but all are right:\n\nright: pass/,
    );
  });

  it('fails with and without .not where nothing can be told', () => {
    const log: NumericRule = {
      name: 'log',
      f: (x) => Math.log(x!.item()),
      vjp: ([x], [u]) => u!.item() / x!.item(),
    };
    const outside = 'outside the domain';
    expect(() => expect(log).toHaveCorrectGradientsAt([-1])).toThrow(outside);
    expect(() => expect(log).not.toHaveCorrectGradientsAt([-1])).toThrow(outside);
    const throwing: NumericRule = {
      ...log,
      f: () => {
        throw new Error('no kernel');
      },
    };
    expect(() => expect(throwing).toHaveCorrectGradientsAt([1])).toThrow('no kernel');
    expect(() => expect(throwing).not.toHaveCorrectGradientsAt([1])).toThrow('no kernel');
  });

  it('refuses what has no derivatives, and options that only assertGradcheck has', () => {
    expect(() => expect(3).not.toHaveCorrectGradientsAt([1])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_NOT_A_FUNCTION' }),
    );
    expect(() =>
      expect(cube(1)).toHaveCorrectGradientsAt([1], Object({ onInconclusive: 'ignore' })),
    ).toThrow(expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }));
  });

  it('awaits what resolves to a function', async () => {
    await expect(Promise.resolve(cube(1))).resolves.toHaveCorrectGradientsAt([[0.5, -1]]);
    await expect(Promise.resolve(cube(2))).resolves.not.toHaveCorrectGradientsAt([[0.5, -1]]);
  });
});

describe('toHaveCorrectHessianAt', () => {
  const constantFactor: NumericRule = {
    ...cube(1),
    hvp: ([x], [u], [w]) => x!.data.map((a, i) => 3 * a * u!.data[i]! * w!.data[i]!),
  };

  it('looks at the derivative of the gradient too', () => {
    expect(right).toHaveCorrectHessianAt(point);
    expect(constantFactor).toHaveCorrectGradientsAt([[0.5, -1]]);
    expect(constantFactor).not.toHaveCorrectHessianAt([[0.5, -1]]);
  });
});

describe('toBeLinearPullbackAt', () => {
  const ofMagnitude: NumericRule = {
    ...cube(1),
    vjp: ([x], [u]) => x!.data.map((a, i) => 3 * a * a * Math.abs(u!.data[i]!)),
  };

  it('looks at everything but the values', () => {
    expect(cube(2)).toBeLinearPullbackAt([[0.5, -1]]);
    expect(ofMagnitude).not.toBeLinearPullbackAt([[0.5, -1]]);
    expect(messageOf(() => expect(ofMagnitude).toBeLinearPullbackAt([[0.5, -1]]))).toContain(
      'cube: pullback.linear FAILED at #0',
    );
  });
});

describe('toMatchNumericGradient', () => {
  const product = (x: { data: ArrayLike<number> }, y: { data: ArrayLike<number> }): number =>
    x.data[0]! * y.data[0]! + y.data[1]! ** 2;

  it('compares numbers with differences of a plain function', () => {
    expect([0.75]).toMatchNumericGradient((x) => x!.get(0) ** 3, [[0.5]]);
    expect([0.76]).not.toMatchNumericGradient((x) => x!.get(0) ** 3, [[0.5]]);
    const gradients = [
      [3, 0],
      [2, 10],
    ];
    expect(gradients).toMatchNumericGradient(
      (x, y) => product(x!, y!),
      [
        [2, 7],
        [3, 5],
      ],
    );
  });

  it('takes any subgradient at a kink', () => {
    for (const slope of [-1, 0, 0.5, 1]) {
      expect(slope).toMatchNumericGradient((x) => Math.abs(x!.item()), [0]);
    }
    expect(1.01).not.toMatchNumericGradient((x) => Math.abs(x!.item()), [0]);
  });

  it('names the element', () => {
    const norm = (x: { data: Float64Array }): number => x.data.reduce((s, a) => s + a * a, 0);
    const text = messageOf(() =>
      expect([2, 4, 7]).toMatchNumericGradient((x) => norm(Object(x)), [[1, 2, 3]]),
    );
    expect(text).toContain('expect(gradient).toMatchNumericGradient(f, point)');
    expect(text).toContain(
      'f: vjp.value FAILED at input 0 "input 0"[2] of shape [3]   (1 of 3 entries differ)',
    );
    expect(text).toMatch(/analytic {2}7 {5}numeric 6 ±/);
  });

  it('fails either way for a function that is no scalar or gradients that are too few', () => {
    expect(() => expect([1, 1]).toMatchNumericGradient((x) => x!, [[1, 2]])).toThrow(
      'more than one value',
    );
    expect(() => expect([1, 1]).not.toMatchNumericGradient((x) => x!, [[1, 2]])).toThrow(
      'more than one value',
    );
    expect(() =>
      expect([1]).toMatchNumericGradient((x, y) => x!.item() * y!.item(), [1, 2]),
    ).toThrow('no list of 2 gradients');
  });
});

describe('toPassOpSuite', () => {
  const forgetful = elementwise<1>('forgetful', 1, {
    eval: (x) => x * x,
    diff: [(g, [x]) => mul(g, x)],
    points: [[-2.5], [0.5]],
  });

  it('is the contract of checkOp', () => {
    expect(tanh).toPassOpSuite();
    expect(floor).toPassOpSuite([{ inputs: [0.5] }]);
    expect(forgetful).not.toPassOpSuite();
    expect(forgetful.op).not.toPassOpSuite(undefined, { order: 1 });
    expect(messageOf(() => expect(forgetful).toPassOpSuite())).toMatch(
      /^expect\(op\)\.toPassOpSuite\(\)\n\nforgetful: \d+ passed, \d+ failed/,
    );
  });

  it('fails either way without samples', () => {
    expect(() => expect(tanh).toPassOpSuite([])).toThrow('there is no sample');
    expect(() => expect(tanh).not.toPassOpSuite([])).toThrow('there is no sample');
  });
});
