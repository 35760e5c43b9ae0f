import { describe, expect, it } from '@jest/globals';
import { Tensor, tensorFrom } from '@cotangent/tensor';
import {
  abs,
  exp,
  gradScale,
  matmul,
  maximum,
  mul,
  sin,
  square,
  sum,
  tanh,
  undefinedGrad,
} from '@cotangent/ops';
import { GradientError } from '../gradient-error.ts';
import { verifyGrad } from '../verify-grad.ts';
import { GradcheckError } from './error.ts';
import { assertGradcheck, gradcheck, gradcheckRule } from './gradcheck.ts';
import type { GradcheckOptions } from './options.ts';
import {
  lowerTriangular,
  simplex,
  sparsity,
  symmetric,
  unitNorm,
  upperTriangular,
} from './projectors.ts';
import type { GradcheckReport } from './report.ts';
import type { NumericRule } from './rule.ts';

const cube: NumericRule = {
  name: 'cube',
  f: (x) => x!.item() ** 3,
  vjp: ([x], [u]) => u!.item() * 3 * x!.item() ** 2,
};
const wrongCube: NumericRule = { ...cube, vjp: ([x], [u]) => u!.item() * 6 * x!.item() ** 2 };
const ids = (report: GradcheckReport, verdict: string): readonly string[] =>
  report.checks.filter((check) => check.verdict === verdict).map(({ id }) => id);

function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return Object(error).code;
  }
  throw new Error('nothing was thrown');
}

describe('gradcheck', () => {
  it('passes right graphs in both modes and up to third order', () => {
    const report = gradcheck(
      (x, y) => mul(tanh(x), y),
      [
        [0.5, -1, 2],
        [3, 0.25, -2],
      ],
      { order: 3 },
    );
    expect(report.verdict).toBe('pass');
    expect(ids(report, 'pass')).toEqual(
      expect.arrayContaining([
        'vjp.value',
        'jvp.value',
        'vjp.jvp.dot',
        'order2.difference',
        'order2.symmetry',
        'batch.loop',
        'modes.agree',
      ]),
    );
    expect(
      gradcheck((a, b) => [matmul(a, b), sum(exp(a))], [[[1, -2, 0.5]], [[1], [3], [-2]]]).verdict,
    ).toBe('pass');
  });

  it('takes an op record, and points with names or from a generator', () => {
    expect(gradcheck(sin.op, [[0.5, 2]]).verdict).toBe('pass');
    const named = gradcheck(
      (x) => square(x),
      [{ name: 'small', inputs: [[1e-3]] }, { inputs: [[4]] }],
    );
    expect(new Set(named.checks.map(({ sample }) => sample))).toEqual(new Set(['small', '#1']));
    function* points(): Generator<readonly Tensor[]> {
      yield [tensorFrom([1, 2])];
      yield [tensorFrom([-3])];
    }
    expect(gradcheck((x) => square(x), points()).coverage.tested.length).toBe(2);
  });

  it('says where a graph is wrong, by how much, and why', () => {
    const report = gradcheck((x) => gradScale(exp(x), 2), [[0.5, -1, 2]], { names: ['logits'] });
    expect(report.verdict).toBe('fail');
    expect(report.worst).toMatchObject({ arg: 0, argName: 'logits', mismatched: 3, total: 9 });
    expect(report.worst?.ratio).toBeCloseTo(2, 10);
    expect(report.worst?.taylorSlope).toBeCloseTo(1, 1);
    expect(report.worst?.hints[0]).toMatchObject({ id: 'ratio' });
    const text = report.toText();
    expect(text).toContain('vjp.value FAILED at input 0 "logits"');
    expect(text).toContain('a factor 2 too many');
    expect(text).toContain(`replay: gradcheck --replay ${report.replay}`);
  });

  it('checks float32 by two legs', () => {
    const point = [tensorFrom([0.5, -1.25, 2], { dtype: 'float32' })];
    const right = gradcheck((x) => tanh(x), [point]);
    expect(right.verdict).toBe('pass');
    expect(ids(right, 'pass')).toContain('grad.precision');
  });

  it('accepts subgradients at kinks, or does as it is told', () => {
    const at = (atKinks: NonNullable<GradcheckOptions['atKinks']>): GradcheckReport =>
      gradcheck((x) => maximum(x, 0), [[0, 1, -2]], { atKinks });
    expect(at('subgradient').verdict).toBe('pass');
    expect(at('subgradient').checks.find(({ id }) => id === 'vjp.value')?.flags).toContain('kink');
    expect(at('fail').verdict).toBe('fail');
    expect(at('skip').coverage.skipped.some(({ why }) => why === 'a kink')).toBe(true);
    expect(at('resample').checks.some(({ sample }) => sample === '#0, moved')).toBe(true);
    expect(gradcheck((x) => gradScale(abs(x), 3), [[0, 1]]).verdict).toBe('fail');
  });

  it('lists what it cannot test, and never calls it passed', () => {
    const report = gradcheck(
      (x, y) => mul(x, undefinedGrad(y)),
      [
        [1, 2],
        [3, 4],
      ],
    );
    expect(report.coverage.skipped.map(({ what }) => what)).toContain('input 1 at #0');
    expect(ids(report, 'skipped')).toContain('grad.nullType');
    expect(gradcheck((x) => square(x), [tensorFrom(new Float64Array(0))]).verdict).toBe('skipped');
    const integers = gradcheck(
      (x, k) => mul(x, k),
      [{ inputs: [[1.5], tensorFrom([2], { dtype: 'int32' })] }],
    );
    expect(integers.verdict).toBe('pass');
    expect(integers.coverage.skipped[0]?.why).toContain('int32');
  });

  it('refuses options and points that make no sense', () => {
    const run = (options: object): unknown => codeOf(() => gradcheckRule(cube, [0.5], options));
    expect(run({ tolerance: 1 })).toBe('GRADCHECK_UNKNOWN_OPTION');
    expect(run({ checks: { 'vjp.valu': false } })).toBe('GRADCHECK_UNKNOWN_CHECK');
    const invalid: readonly object[] = [
      { order: 4 },
      { wrt: [-1] },
      { method: 'newton' },
      { modes: [] },
      { projections: 0 },
      { safety: 0 },
      { surrogate: '' },
      { atKinks: 'move' },
      { budget: { evals: 0 } },
      { nondetTol: { value: 1, reason: '' } },
      { compileModes: ['slow'] },
      { seed: NaN },
      { rng: 3 },
      { onInconclusive: 'maybe' },
    ];
    expect(invalid.map(run)).toEqual(invalid.map(() => 'GRADCHECK_INVALID_OPTION'));
    expect(run({ budget: { time: 3 } })).toBe('GRADCHECK_UNKNOWN_OPTION');
    expect(run({ method: 'complex-step' })).toBe('GRADCHECK_METHOD_UNAVAILABLE');
    expect(codeOf(() => gradcheckRule(cube, []))).toBe('GRADCHECK_NO_POINT');
  });
});

describe('gradcheckRule', () => {
  it('judges plain functions', () => {
    expect(gradcheckRule(cube, [0.7]).verdict).toBe('pass');
    const report = gradcheckRule(wrongCube, [0.7]);
    expect(report.verdict).toBe('fail');
    expect(report.replay).toBe('gc1.cube.0.vjp_value.5eed');
  });

  it('gives the same report for the same seed, and other draws for another', () => {
    const numbers = (seed: number | string): string =>
      JSON.stringify(gradcheckRule(wrongCube, [0.7], { seed }).checks.map(({ worst }) => worst));
    expect(numbers(1)).toBe(numbers(1));
    expect(numbers('a')).not.toBe(numbers('b'));
  });

  it.each(['ladder', 'fdm', 'ridders', 'central'] as const)(
    'finds a wrong factor by %s',
    (method) => {
      expect(gradcheckRule(wrongCube, [0.7], { method }).verdict).toBe('fail');
      expect(gradcheckRule(cube, [0.7], { method, functionError: 1e-7 }).verdict).not.toBe('fail');
    },
  );

  it('takes the complex step where there is a complex function', () => {
    // Im (x + iy)³ = 3x²y − y³
    const complex: NumericRule = {
      ...cube,
      imaginaryPart: ([x], [y]) => 3 * x!.item() ** 2 * y!.item() - y!.item() ** 3,
    };
    expect(gradcheckRule(complex, [0.7], { method: 'complex-step' }).verdict).toBe('pass');
    expect(
      gradcheckRule({ ...complex, vjp: wrongCube.vjp }, [0.7], { method: 'complex-step' }).verdict,
    ).toBe('fail');
  });

  it('compares along tangents of structured inputs only', () => {
    // f(A) = Σ A·A: any change of the gradient at right angles to the tangents must not matter.
    const rule = (extra: readonly number[]): NumericRule => ({
      f: (a) => Array.from(a!.data, Number).reduce((total, x) => total + x * x, 0),
      vjp: ([a], [u]) =>
        tensorFrom(
          Float64Array.from(a!.data, (x, k) => u!.item() * (2 * Number(x) + extra[k]!)),
          { shape: a!.shape },
        ),
    });
    const matrix = [
      [
        [2, 0.5],
        [0.5, 3],
      ],
    ];
    const verdict = (
      extra: readonly number[],
      point: Parameters<typeof gradcheckRule>[1],
      tangent: ReturnType<typeof symmetric>,
    ): string => gradcheckRule(rule(extra), point, { tangents: [tangent] }).verdict;
    expect(verdict([0, 1, -1, 0], matrix, symmetric())).toBe('pass');
    expect(verdict([0, 1, 1, 0], matrix, symmetric())).toBe('fail');
    expect(
      verdict(
        [0, 1, 0, 0],
        [
          [
            [2, 0],
            [0.5, 3],
          ],
        ],
        lowerTriangular(),
      ),
    ).toBe('pass');
    expect(
      verdict(
        [0, 0, 1, 0],
        [
          [
            [2, 0.5],
            [0, 3],
          ],
        ],
        upperTriangular(),
      ),
    ).toBe('pass');
    expect(verdict([0, 1], [[2, 3]], sparsity([true, false]))).toBe('pass');
    expect(verdict([1, 1], [[0.25, 0.75]], simplex())).toBe('pass');
    expect(verdict([0.6, 0.8], [[0.6, 0.8]], unitNorm())).toBe('pass');
    expect(verdict([0.8, -0.6], [[0.6, 0.8]], unitNorm())).toBe('fail');
  });

  it('is inconclusive at a jump, with a second opinion', () => {
    const floor: NumericRule = { f: (x) => Math.floor(x!.item()), vjp: () => 0 };
    const report = gradcheckRule(floor, [2 + 1e-9]);
    expect(report.verdict).toBe('inconclusive');
    expect(report.checks.some(({ id }) => id === 'taylor.slope')).toBe(true);
  });

  it('leaves values out for a declared surrogate, and runs structure alone on request', () => {
    expect(gradcheckRule(wrongCube, [0.7], { surrogate: 'on purpose' }).verdict).toBe('pass');
    const report = gradcheckRule(wrongCube, [0.7], { checks: 'structural' });
    expect(ids(report, 'pass')).toContain('pullback.linear');
    expect(ids(report, 'pass')).not.toContain('vjp.value');
  });

  it('refuses what is no rule', () => {
    expect(codeOf(() => gradcheckRule(Object({ f: 1 }), [1]))).toBe('GRADCHECK_NOT_A_RULE');
  });
});

describe('assertGradcheck', () => {
  const floor: NumericRule = { f: (x) => Math.floor(x!.item()), vjp: () => 0 };

  it('returns the report or throws it', () => {
    expect(assertGradcheck((x) => square(x), [[1, -2]]).verdict).toBe('pass');
    expect(codeOf(() => assertGradcheck(wrongCube, [0.7]))).toBe('GRADCHECK_FAILED');
    expect(codeOf(() => assertGradcheck(floor, [2 + 1e-9]))).toBe('GRADCHECK_INCONCLUSIVE');
    expect(codeOf(() => assertGradcheck((x) => square(x), [tensorFrom(new Float64Array(0))]))).toBe(
      'GRADCHECK_NOTHING_CHECKED',
    );
  });

  it('warns or keeps silent where nothing could be decided', () => {
    const heard: string[] = [];
    const options = {
      onInconclusive: 'warn',
      onWarning: (text: string) => void heard.push(text),
    } as const;
    expect(assertGradcheck(floor, [2 + 1e-9], options).verdict).toBe('inconclusive');
    expect(heard.length).toBe(1);
    expect(assertGradcheck(floor, [2 + 1e-9], { onInconclusive: 'ignore' }).verdict).toBe(
      'inconclusive',
    );
  });
});

describe("verifyGrad with engine 'modern'", () => {
  it('finds what the tolerances of Theano let pass', () => {
    const tiny = (x: Parameters<typeof square>[0]): ReturnType<typeof square> =>
      gradScale(mul(1e-6, square(x)), 2);
    expect(() => verifyGrad(tiny, [[1, 2]])).not.toThrow();
    let error: unknown;
    try {
      verifyGrad(tiny, [[1, 2]], { engine: 'modern' });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(GradientError);
    expect(Object(error).report).toMatchObject({ verdict: 'fail', schema: 'gradcheck-report/1' });
    expect(() =>
      verifyGrad((x) => tanh(x), [[1, 2]], { engine: 'modern', order: 2, nTests: 2 }),
    ).not.toThrow();
  });

  it('refuses tolerances', () => {
    expect(codeOf(() => verifyGrad((x) => tanh(x), [[1]], { engine: 'modern', absTol: 1 }))).toBe(
      'GRADCHECK_INVALID_OPTION',
    );
    expect(new GradcheckError(gradcheckRule(wrongCube, [0.7])).report.verdict).toBe('fail');
  });
});
