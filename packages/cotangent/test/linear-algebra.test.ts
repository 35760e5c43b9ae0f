import { describe, expect, it } from '@jest/globals';
import {
  add,
  cholesky,
  choSolve,
  compile,
  diagonal,
  div,
  eigh,
  eigvalsh,
  exp,
  expandDims,
  eye,
  grad,
  log,
  matmul,
  matrix,
  matrixTranspose,
  mul,
  normVector,
  qr,
  slice,
  solve,
  square,
  sub,
  sum,
  svdvals,
  tensorFrom,
  vector,
  verifyGrad,
} from 'cotangent';
import type { Tensor, Variable } from 'cotangent';

/** Observations of sin 3x with noise of standard deviation 0.1, the same in every run. */
function observations(n: number): { readonly xs: Tensor; readonly ys: Tensor } {
  let state = 7;
  const uniform = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state + 0.5) / 0x80000000;
  };
  const xs = Float64Array.from({ length: n }, () => 2 * uniform() - 1);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const ys = xs.map((x) => Math.sin(3 * x) + 0.1 * normal());
  return { xs: tensorFrom(xs), ys: tensorFrom(ys) };
}

/** k(x, x′) = a² exp(−(x − x′)²/2ℓ²) of the logarithms [ℓ, a, …] of its parameters. */
function kernel(x: Variable, y: Variable, theta: Variable): Variable {
  const [length, amplitude] = [0, 1].map((k) => exp(mul(2, slice(theta, [k]))));
  const squared = square(sub(expandDims(x, 1), expandDims(y, 0)));
  return mul(amplitude!, exp(div(mul(-0.5, squared), length!)));
}

/** −log p(y | x, θ) of a Gaussian process, up to a constant: ½ yᵀ K⁻¹ y + log det L (Rasmussen & Williams 2006, 2.30). */
function negativeLogLikelihood(x: Variable, y: Variable, theta: Variable, n: number): Variable {
  const noise = exp(mul(2, slice(theta, [2])));
  const l = cholesky(add(kernel(x, x, theta), mul(noise, eye(n))));
  return add(mul(0.5, matmul(y, choSolve(l, y))), sum(log(diagonal(l))));
}

describe('Gaussian-process regression', () => {
  const n = 40;
  const [x, y, theta] = [vector('x'), vector('y'), vector('theta', { shape: [3] })];
  const cost = negativeLogLikelihood(x, y, theta, n);
  const start = [-1, 0, -1];

  it('has a gradient by its hyper-parameters that differences confirm, to second order', () => {
    const { xs, ys } = observations(8);
    const few = (t: Variable): Variable =>
      negativeLogLikelihood(constantOf(xs), constantOf(ys), t, 8);
    const slope = (t: Variable): Variable => sum(square(grad(few(t), t)));
    expect(() => verifyGrad(few, [tensorFrom(start)])).not.toThrow();
    expect(() => verifyGrad(slope, [tensorFrom(start)])).not.toThrow();
  });

  it('is fitted by gradient descent to the noise and the function that made the data', () => {
    const { xs, ys } = observations(n);
    const f = compile([x, y, theta], [cost, grad(cost, theta)]);
    let at = start;
    const costs: number[] = [];
    for (let step = 0; step < 300; step++) {
      const [value, slope] = f(xs, ys, at);
      costs.push(value!.item());
      at = at.map((t, k) => t - 0.02 * Math.max(-10, Math.min(10, slope!.get(k))));
    }
    expect(costs.at(-1)!).toBeLessThan(costs[0]! - 10);
    // With 40 observations the standard deviation of the noise is known to about a ninth, 1/√80.
    expect(Math.abs(at[2]! - Math.log(0.1))).toBeLessThan(3 / Math.sqrt(80));

    const [u, mean] = [vector('u'), posteriorMean()];
    const points = [-0.8, -0.3, 0, 0.4, 0.9];
    const predicted = compile([x, y, theta, u], mean(u))(xs, ys, at, points);
    points.forEach((p, k) =>
      expect(Math.abs(predicted.get(k) - Math.sin(3 * p))).toBeLessThan(0.15),
    );
  });

  it('gives the same by the module and by the reference, linear algebra within the module', () => {
    const { xs, ys } = observations(n);
    const outputs = [cost, grad(cost, theta)];
    const fast = compile([x, y, theta], outputs);
    const reference = compile([x, y, theta], outputs, { mode: 'reference' });
    const [got, want] = [fast(xs, ys, start), reference(xs, ys, start)];
    expect(got[0]!.item()).toBeCloseTo(want[0]!.item(), 9);
    [0, 1, 2].forEach((k) => expect(got[1]!.get(k)).toBeCloseTo(want[1]!.get(k), 8));
    expect(fast.explain()).not.toMatch(/eval of (cholesky|solve|diagonal|place|triangle)/);
  });

  function posteriorMean(): (u: Variable) => Variable {
    const k = add(kernel(x, x, theta), mul(exp(mul(2, slice(theta, [2]))), eye(n)));
    return (u) => matmul(kernel(u, x, theta), choSolve(cholesky(k), y));
  }
});

describe('gradients of factorisations', () => {
  const a = matrix('a', { shape: [3, 3] });
  const gradientAt = (cost: Variable, value: readonly (readonly number[])[]): unknown =>
    compile([a], grad(cost, a), { mode: 'reference' })(value).toArray();

  it('are finite at repeated eigenvalues and singular values', () => {
    const twice = [
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 5],
    ];
    expect(gradientAt(sum(square(eigvalsh(a))), twice)).toEqual([
      [4, 0, 0],
      [0, 4, 0],
      [0, 0, 10],
    ]);
    expect(gradientAt(sum(svdvals(a)), twice)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    // The projector on the eigenspace of 2 moves only by what couples it to the rest.
    const [, v] = eigh(a);
    const pair = slice(v, ':, :2');
    const projector = matmul(pair, matrixTranspose(pair));
    expect(gradientAt(sum(projector), twice)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [-2 / 3, -2 / 3, 0],
    ]);
  });

  it('are 0 for a 2-norm at zero', () => {
    const zeros = [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(gradientAt(normVector(a), zeros)).toEqual(zeros);
  });

  it('agree however a solution is found', () => {
    const value = [
      [2, 7, -3],
      [-1, 1.5, 5],
      [0.5, 2, -3],
    ];
    const b = [1, 2, 3];
    const [q, r] = qr(a);
    const direct = gradientAt(sum(square(solve(a, b))), value);
    const byFactors = gradientAt(sum(square(solve(r, matmul(b, q)))), value);
    expect(
      flat(byFactors)
        .map((g, k) => g - flat(direct)[k]!)
        .every((d) => Math.abs(d) < 1e-9),
    ).toBe(true);
  });
});

function flat(x: unknown): readonly number[] {
  return Array.isArray(x) ? x.flatMap(flat) : [Number(x)];
}

function constantOf(t: Tensor): Variable {
  return add(t, 0);
}
