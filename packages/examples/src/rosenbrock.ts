#!/usr/bin/env node
// Finds the lowest point of a curved valley twice: downhill along the gradient, and by Newton's method.
import {
  add,
  compile,
  grad,
  hessian,
  mul,
  slice,
  square,
  sub,
  vector,
  type Tensor,
} from 'cotangent';

const p = vector('p', { shape: [2] });
const x = slice(p, [0]);
const y = slice(p, [1]);
/** (1 − x)² + 100 (y − x²)²: 0 at (1, 1), and nearly flat along y = x² (Rosenbrock 1960). */
const height = add(square(sub(1, x)), mul(100, square(sub(y, square(x)))));
const at = compile([p], [height, grad(height, p), hessian(height, p)]);

type Move = (gradient: Tensor, curvature: Tensor) => readonly [number, number];

/** Steps from a point until the gradient is short. */
function descend(name: string, move: Move): void {
  let point: readonly [number, number] = [-1.2, 1];
  for (let step = 0; step <= 100_000; step++) {
    const [value, gradient, curvature] = at(point);
    if (Math.hypot(gradient.get(0), gradient.get(1)) < 1e-6) {
      const place = point.map((c) => c.toFixed(6)).join(', ');
      console.log(`${name}: ${step} steps to (${place}), height ${value.item().toExponential(1)}`);
      return;
    }
    const [dx, dy] = move(gradient, curvature);
    point = [point[0] + dx, point[1] + dy];
  }
  console.log(`${name}: not there after 100,000 steps`);
}

descend('gradient descent', (g) => [-0.001 * g.get(0), -0.001 * g.get(1)]);
// Newton: the step d that solves H d = −g, for a 2 × 2 matrix by Cramer's rule.
descend('Newton', (g, h) => {
  const determinant = h.get(0, 0) * h.get(1, 1) - h.get(0, 1) * h.get(1, 0);
  return [
    (h.get(0, 1) * g.get(1) - h.get(1, 1) * g.get(0)) / determinant,
    (h.get(1, 0) * g.get(0) - h.get(0, 0) * g.get(1)) / determinant,
  ];
});
