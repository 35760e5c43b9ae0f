import { describe, expect, it } from '@jest/globals';
import { ValueError } from '@cotangent/tensor';
import { add, cos, exp, log, mul, neg, scan, sin, square, sub } from '@cotangent/ops';
import { printExpression, scalar, vector, withConstructionSites } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { compile, rewrite, runPasses, settlingPass } from '@cotangent/compile';

const x = scalar('x');

const sinToCos = rewrite('sin-to-cos', {
  forAll: ['y'],
  from: ({ y }) => sin(y),
  to: ({ y }) => cos(y),
  soundness: 'exact',
});
const cosToSin = rewrite('cos-to-sin', {
  forAll: ['y'],
  from: ({ y }) => cos(y),
  to: ({ y }) => sin(y),
  soundness: 'exact',
});

/** The expression that a pass makes of another one, without its first and last line. */
function settled(y: Variable, pass: ReturnType<typeof settlingPass>): string {
  const { outputs } = runPasses([y], [pass]);
  return printExpression(outputs, { types: false }).split('\n').slice(1, -1).join(' ').trim();
}

describe('settlingPass', () => {
  it('offers what a rewrite gives again, inputs first', () => {
    const pass = settlingPass('test', [
      rewrite('square-to-product', {
        forAll: ['y'],
        from: ({ y }) => square(y),
        to: ({ y }) => mul(sin(y), y),
        soundness: 'exact',
      }),
      sinToCos,
    ]);
    expect(settled(square(sin(x)), pass)).toBe('%0 = cos(x)   %1 = cos(%0)   %2 = mul(%1, %0)');
  });

  it('names rewrites that undo each other', () => {
    const pass = settlingPass('test', [sinToCos, cosToSin]);
    const run = (): unknown => runPasses([sin(x)], [pass]);
    expect(run).toThrow(ValueError);
    expect(run).toThrow('cos-to-sin, sin-to-cos');
    expect(run).toThrow(expect.objectContaining({ code: 'COMPILE_REWRITE_CYCLE' }));
  });

  it('works again on a graph that shares nodes with an earlier one', () => {
    const pass = settlingPass('test', [sinToCos]);
    const shared = sin(x);
    expect(settled(exp(shared), pass)).toContain('cos');
    expect(settled(log(shared), pass)).toContain('cos');
  });

  it('says how often a variable is used', () => {
    const seen: number[] = [];
    const pass = settlingPass('test', [
      {
        name: 'look',
        soundness: 'exact',
        ops: [exp.op],
        apply: ({ inputs: [y] }, { uses }) => void seen.push(uses(y!)) as undefined,
      },
    ]);
    const y = sin(x);
    runPasses([add(exp(y), mul(y, y)), y], [pass]);
    expect(seen).toEqual([4]);
  });

  it('walks a chain of 200 000 nodes without recursion', () => {
    let y: Variable = x;
    for (let i = 0; i < 100_000; i++) y = sub(neg(y), x);
    const { outputs } = runPasses([y], [settlingPass('test', [cosToSin])]);
    expect(outputs[0]).toBe(y);
  });
});

describe('standardPasses', () => {
  it('rewrite the graphs inside loops too', () => {
    const xs = vector('xs', { shape: [3] });
    const softly = (x?: Variable, s?: Variable): Variable => add(s!, log(add(1, exp(x!))));
    const [ys] = scan(softly, { sequences: [xs], initial: [0] });
    const f = compile([xs], ys!);
    expect(f([1000, 1000, 1000]).toArray()).toEqual([1000, 2000, 3000]);
  });
});

describe('rewrite', () => {
  it('finds operands of commutative ops in both orders, and the same variable twice', () => {
    const pass = settlingPass('test', [
      rewrite('test', {
        forAll: ['y', 'z'],
        from: ({ y, z }) => mul(add(sin(y), z), y),
        to: ({ y, z }) => add(y, z),
        soundness: 'exact',
      }),
    ]);
    const z = scalar('z');
    expect(settled(mul(x, add(z, sin(x))), pass)).toBe('%0 = add(x, z)');
    expect(settled(mul(z, add(z, sin(x))), pass)).toContain('mul');
  });

  it('does not take 0 for −0, nor a number close to another for it', () => {
    const pass = settlingPass('test', [
      rewrite('test', {
        forAll: ['y'],
        from: ({ y }) => add(y, 0),
        to: ({ y }) => y,
        soundness: 'exact',
      }),
    ]);
    expect(settled(add(x, -0), pass)).toContain('add');
    expect(settled(add(x, Number.MIN_VALUE), pass)).toContain('add');
    expect(settled(add(0, x), pass)).toBe('');
  });
});

describe('explain', () => {
  it('lists what fired, on which op, and where that was built', () => {
    const y = withConstructionSites(() => log(exp(x)));
    const text = compile([x], y).explain();
    expect(text).toMatch(/log-of-exp \(widens-domain\): 1 log\n\s+log at .*settle\.test\.ts:\d+/);
  });
});
