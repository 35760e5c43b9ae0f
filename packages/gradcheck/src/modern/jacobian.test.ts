import { describe, expect, it } from '@jest/globals';
import type { Tensor } from '@cotangent/tensor';
import { stepFor } from '../numeric/fdm.ts';
import { numericJacobian, numericJvp } from './jacobian.ts';

const pair = (...[x]: readonly Tensor[]): readonly number[] => [
  x!.get(0) * x!.get(1),
  Math.sin(x!.get(0)),
];

describe('numericJacobian', () => {
  it('gives every entry with a bound that holds', () => {
    const { value, bound, kind, evals } = numericJacobian(pair, [[2, 3]]);
    const exact = [3, 2, Math.cos(2), 0];
    exact.forEach((d, k) => {
      const [i, j] = [k >> 1, k & 1];
      expect(Math.abs(value.get(i, j) - d)).toBeLessThanOrEqual(2 * bound.get(i, j) + 2 ** -52);
      expect(bound.get(i, j)).toBeLessThan(1e-11);
    });
    expect([...kind]).toEqual([0, 0, 0, 0]);
    expect(evals).toBeLessThan(60);
  });

  it('classifies kinks and jumps', () => {
    expect([...numericJacobian((x) => Math.abs(x!.item()), [0]).kind]).toEqual([1]);
    expect([...numericJacobian((x) => Math.floor(x!.item()), [2]).kind]).toEqual([2]);
  });

  it('uses one side at an end of the domain', () => {
    const { value } = numericJacobian((x) => (x!.item() < 1 ? NaN : x!.item() ** 2), [1]);
    expect(value.get(0, 0)).toBeCloseTo(2, 6);
  });

  it('refuses points outside the domain', () => {
    expect(() => numericJacobian((x) => Math.log(x!.item()), [-1])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_OUTSIDE_DOMAIN' }),
    );
    expect(() => numericJacobian(pair, [[2, 3]], Object({ step: 1 }))).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
  });
});

describe('numericJvp', () => {
  it('is the Jacobian times the tangents', () => {
    const { value, bound } = numericJvp(pair, [[2, 3]], [[1, 10]]);
    expect(value[0]!.get(0)).toBeCloseTo(23, 10);
    expect(value[0]!.get(1)).toBeCloseTo(Math.cos(2), 10);
    expect(bound[0]!.get(0)).toBeLessThan(1e-10);
    expect(numericJvp(pair, [[2, 3]], [[0, 0]]).value[0]!.get(0)).toBe(0);
  });

  it('refuses tangents of other shapes', () => {
    expect(() => numericJvp(pair, [[2, 3]], [[1]])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_TANGENTS' }),
    );
  });
});

describe('the step of five points', () => {
  it('is that of FiniteDifferences.jl for sin at 1, to four digits', () => {
    const { value } = numericJacobian((x) => Math.sin(x!.item()), [1], { method: 'fdm' });
    expect(Math.abs(value.get(0, 0) - Math.cos(1))).toBeLessThan(2e-13);
    const [step, error] = stepFor(1, 0.5462, 2 ** -53);
    expect(step).toBeCloseTo(0.001065, 5);
    expect(error).toBeLessThan(2.1e-13);
  });
});
