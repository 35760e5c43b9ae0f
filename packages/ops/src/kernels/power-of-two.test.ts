import { describe, expect, it } from '@jest/globals';
import { powerOfTwoBelow } from './power-of-two.ts';

describe('powerOfTwoBelow', () => {
  it('is exact on both sides of every power, subnormal ones included', () => {
    for (let k = -1073; k < 1024; k++) {
      const power = 2 ** k;
      const below = power - Math.max(power * 2 ** -53, 2 ** -1074);
      expect([powerOfTwoBelow(power), powerOfTwoBelow(below)]).toEqual([power, power / 2]);
    }
    expect(powerOfTwoBelow(Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
    expect(powerOfTwoBelow(Number.MAX_VALUE)).toBe(2 ** 1023);
  });
});
