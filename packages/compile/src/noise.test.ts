import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from '@cotangent/tensor';
import { add, clip, div, exp, log, sigmoid, softmax, sub } from '@cotangent/ops';
import { vector } from '@cotangent/graph';
import { compile } from '@cotangent/compile';
import { Noise, isStable } from './noise.ts';

const tolerance = { absolute: 1e-8, relative: 0 };

describe('Noise', () => {
  it('moves floats by at most two units and leaves the rest', () => {
    const noise = new Noise();
    const y = tensorFrom([1, -2, 3]);
    const moved = noise.on(y).toArray() as number[];
    moved.forEach((v, i) => {
      const at = [1, -2, 3][i]!;
      expect(Math.abs(v - at)).toBeLessThanOrEqual(3 * 2 ** -52 * Math.abs(at));
    });
    const discrete = tensorFrom([1, 2], { dtype: 'int32' });
    expect(noise.on(discrete)).toBe(discrete);
  });
});

describe('isStable', () => {
  it('says whether a value moved, or is no number', () => {
    const y = tensorFrom([1, 2]);
    expect(isStable(y, tensorFrom([1, 2 + 1e-15]), tolerance)).toBe(true);
    expect(isStable(y, tensorFrom([1, 2 + 1e-9]), tolerance)).toBe(false);
    expect(isStable(y, undefined, tolerance)).toBe(false);
    const bad = tensorFrom([Infinity]);
    expect(isStable(bad, bad, tolerance)).toBe(false);
  });
});

describe('debug with stabilising rewrites', () => {
  const x = vector('x');

  it('does not blame them for what the bare graph loses', () => {
    const y = log(sub(1, sigmoid(x)));
    const f = compile([x], [y, clip(y, -35, 0)], { mode: 'debug', onWarning: () => undefined });
    const [found] = f([30, 40]);
    expect(found.get(0)).toBeCloseTo(-30, 9);
    expect(found.get(1)).toBe(-40);
    const g = compile([x], div(1, log(softmax(x))), { mode: 'debug', onWarning: () => undefined });
    expect(g([0, 800, 1]).toArray()).toHaveLength(3);
  });

  it('still compares what is computed well', () => {
    expect(compile([x], log(add(1, exp(x))), { mode: 'debug' })([1]).get(0)).toBeCloseTo(
      Math.log1p(Math.E),
      14,
    );
  });
});
