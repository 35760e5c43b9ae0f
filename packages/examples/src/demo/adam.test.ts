import { describe, expect, it } from '@jest/globals';
import { compile, grad, shared, square, sub, sum } from 'cotangent';
import { adam } from './adam.ts';

/** The algorithm of the paper for one number, written plainly. */
function plainAdam(
  x: number,
  gradient: (x: number) => number,
  rate: number,
  steps: number,
): number {
  let [mean, meanSquare] = [0, 0];
  for (let t = 1; t <= steps; t++) {
    const g = gradient(x);
    mean = 0.9 * mean + 0.1 * g;
    meanSquare = 0.999 * meanSquare + 0.001 * g * g;
    const correction = Math.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t);
    x -= (rate * correction * mean) / (Math.sqrt(meanSquare) + 1e-8);
  }
  return x;
}

describe('adam', () => {
  it('takes the steps of the published algorithm', () => {
    const x = shared([5, -1], { name: 'x' });
    const cost = sum(square(sub(x, 2)));
    const step = compile([], cost, { updates: adam([x], grad(cost, [x]), 0.1) });
    for (let t = 0; t < 20; t++) step();
    const gradient = (at: number): number => 2 * (at - 2);
    expect(x.get().get(0)).toBeCloseTo(plainAdam(5, gradient, 0.1, 20), 10);
    expect(x.get().get(1)).toBeCloseTo(plainAdam(-1, gradient, 0.1, 20), 10);
  });

  it('moves each number by the learning rate at first, whatever the size of its gradient', () => {
    const x = shared(new Float32Array([1000, -0.001]));
    const cost = sum(square(x));
    compile([], cost, { updates: adam([x], grad(cost, [x]), 0.01) })();
    expect(x.get().get(0)).toBeCloseTo(1000 - 0.01, 3);
    expect(x.get().get(1)).toBeCloseTo(-0.001 + 0.01, 4);
  });

  it('updates nothing if there are no parameters', () => {
    expect(adam([], [], 0.1)).toEqual([]);
  });
});
