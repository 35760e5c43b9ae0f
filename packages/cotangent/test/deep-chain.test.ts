import { describe, expect, it } from '@jest/globals';
import {
  compile,
  debugPrint,
  grad,
  printExpression,
  pushforward,
  scalar,
  sin,
  toDot,
} from 'cotangent';
import type { Variable } from 'cotangent';

describe('a chain of 100 000 unary ops', () => {
  const n = 100_000;
  const x = scalar('x');
  let y: Variable = x;
  for (let k = 0; k < n; k++) y = sin(y);

  it('is differentiated in both modes and evaluated', () => {
    let value = 0.5;
    let derivative = 1;
    for (let k = 0; k < n; k++) {
      derivative *= Math.cos(value);
      value = Math.sin(value);
    }
    const f = compile([x], [y, grad(y, x), pushforward(y, x, 1)], { rewrites: 'none' });
    const [fy, reverse, forward] = f(0.5);
    expect(fy.item()).toBeCloseTo(value, 12);
    // 10⁵ products, each within one rounding of the loop above: relative error below 10⁵ · 2⁻⁵²
    expect(Math.abs(reverse.item() / derivative - 1)).toBeLessThan(1e5 * 2 ** -52);
    expect(Math.abs(forward.item() / derivative - 1)).toBeLessThan(1e5 * 2 ** -52);
  });

  it('is printed, a line for each op', () => {
    expect(printExpression(y).split('\n')).toHaveLength(n + 2);
    expect(debugPrint(y, { maxNodes: Infinity }).split('\n').length).toBeGreaterThan(n);
    expect(toDot(y).split('\n').length).toBeGreaterThan(n);
  });
});
