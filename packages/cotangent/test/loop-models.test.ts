import { describe, expect, it } from '@jest/globals';
import {
  add,
  assertGradcheck,
  compile,
  constant,
  div,
  eye,
  grad,
  log,
  logSoftmax,
  matmul,
  matrix,
  mean,
  mul,
  neg,
  oneHot,
  scalar,
  scan,
  sigmoid,
  slice,
  softplus,
  square,
  sub,
  sum,
  tanh,
  tensorFrom,
  transpose,
  vector,
  wasmBackend,
  zeros,
  zerosTensor,
} from 'cotangent';
import type { TensorLike, Variable } from 'cotangent';
import { expectClose, flat, randomFrom, uniform } from './acceptance/run.ts';

const inBothModes = { compileModes: ['reference', 'fast'], backend: wasmBackend() } as const;

describe('an LSTM that predicts the next letter', () => {
  // Shakespeare, sonnet 18.
  const text =
    'shall i compare thee to a summers day thou art more lovely and more temperate ' +
    'rough winds do shake the darling buds of may and summers lease hath all too short a date ';
  const letters = [...new Set(text)].sort();
  const codes = Int32Array.from(text, (letter) => letters.indexOf(letter));

  /** Sizes of the parameters: for each of four gates a matrix for the letter and one for the state; the scores. */
  const sizesOf = (n: number, hidden: number): readonly (readonly [number, number])[] => [
    ...[0, 1, 2, 3].flatMap(() => [[n, hidden] as const, [hidden, hidden] as const]),
    [hidden, n],
  ];

  /** Mean cross-entropy per letter, of letters in one-hot form. */
  const costOf = (given: Variable, weights: readonly Variable[], hidden: number): Variable => {
    const [h] = scan(
      (x, h, c) => {
        const gate = (k: number): Variable =>
          add(matmul(x!, weights[2 * k]!), matmul(h!, weights[2 * k + 1]!));
        const next = add(mul(sigmoid(gate(1)), c!), mul(sigmoid(gate(0)), tanh(gate(3))));
        return [mul(sigmoid(gate(2)), tanh(next)), next];
      },
      { sequences: [slice(given, ':-1')], initial: [zeros([hidden]), zeros([hidden])] },
    );
    const scores = logSoftmax(matmul(h!, weights[8]!));
    return neg(mean(sum(mul(scores, slice(given, '1:')), { axis: 1 })));
  };

  it('learns', () => {
    const random = randomFrom(5);
    const [n, hidden] = [letters.length, 24];
    const sizes = sizesOf(n, hidden);
    const given = vector('text', { dtype: 'int32' });
    const inputs = sizes.map((shape, k) => matrix(`W${k}`, { shape }));
    const momenta = sizes.map((shape, k) => matrix(`M${k}`, { shape }));
    const cost = costOf(oneHot(given, n), inputs, hidden);
    const moved = grad(cost, inputs).map((slope, k) => add(mul(0.9, momenta[k]!), slope));
    const better = inputs.map((w, k) => sub(w, mul(0.3, moved[k]!)));
    const step = compile([given, ...inputs, ...momenta], [cost, ...better, ...moved]);
    let state: readonly TensorLike[] = [
      ...sizes.map(([rows, columns]) =>
        tensorFrom(
          Float64Array.from({ length: rows * columns }, () => (random() - 0.5) * 0.6),
          { shape: [rows, columns] },
        ),
      ),
      ...sizes.map((shape) => zerosTensor(shape, 'float64')),
    ];
    const costs: number[] = [];
    for (let epoch = 0; epoch < 200; epoch++) {
      const [value, ...next] = step(codes, ...state);
      costs.push(value!.item());
      state = next;
    }
    expect(costs[0]).toBeGreaterThan(2);
    expect(Math.min(...costs)).toBeLessThan(0.5);
  });

  it('has right gradients in both modes', () => {
    const random = randomFrom(6);
    const given = oneHot([0, 2, 1, 1], 3);
    const fn = (...weights: readonly Variable[]): readonly Variable[] => [
      costOf(given, weights, 2),
    ];
    const inputs = sizesOf(3, 2).map((shape) => uniform(shape, random));
    expect(assertGradcheck(fn, [{ inputs }], inBothModes).verdict).toBe('pass');
  });
});

describe('a Kalman filter', () => {
  // A point that moves with a nearly constant velocity; its place is seen with noise.
  const F = constant([
    [1, 1],
    [0, 1],
  ]);
  const random = randomFrom(9);
  const seen = Array.from({ length: 12 }, (_, t) => 0.5 * t + 2 * (random() - 0.5));

  /** −log p(seen) by prediction errors, with noises q of the motion and r of the observation. */
  const negLogLikelihood = (ys: Variable, q: Variable, r: Variable): Variable => {
    const [terms] = scan(
      (y, m, P) => {
        const ahead = matmul(F, m!);
        const spread = add(matmul(matmul(F, P!), transpose(F)), mul(q, eye(2)));
        const error = sub(y!, slice(ahead, [0]));
        const variance = add(slice(spread, '0, 0'), r);
        const gain = div(slice(spread, ':, 0'), variance);
        const column = slice(gain, ':, newaxis');
        const row = slice(spread, '0, newaxis, :');
        return [
          add(ahead, mul(gain, error)),
          sub(spread, matmul(column, row)),
          add(log(variance), div(square(error), variance)),
        ];
      },
      { sequences: [ys], initial: [zeros([2]), mul(10, eye(2))] },
    ).slice(2);
    return mul(0.5, add(sum(terms!), seen.length * Math.log(2 * Math.PI)));
  };

  it('gives the likelihood of the joint normal distribution', () => {
    const [ys, q, r] = [vector('ys'), scalar('q'), scalar('r')];
    const f = compile([ys, q, r], negLogLikelihood(ys, q, r));
    expectClose(f(seen, 0.1, 0.5).item(), jointNegLog(seen, 0.1, 0.5), 1e-12);
  });

  it('has right gradients in both modes and to second order', () => {
    const points = [{ inputs: [seen.slice(0, 5), 0.1, 0.5] }];
    const fn = (ys: Variable, q: Variable, r: Variable): readonly Variable[] => [
      negLogLikelihood(ys, q, r),
    ];
    expect(
      assertGradcheck(fn as never, points as never, { order: 2, ...inBothModes }).verdict,
    ).toBe('pass');
  });
});

/** −log of the joint density of the observations: their covariance formed step by step, factored by Cholesky. */
function jointNegLog(ys: readonly number[], q: number, r: number): number {
  const n = ys.length;
  // Cov(x_s, x_t) for s ≤ t is C_s (Fᵗ⁻ˢ)ᵀ, where C_t = F C_{t−1} Fᵀ + q I and C_0 = 10 I.
  let [a, b, d] = [10, 0, 10];
  const S = ys.map(() => Array.from({ length: n }, () => 0));
  for (let s = 0; s < n; s++) {
    [a, b, d] = [a + 2 * b + d + q, b + d, d + q];
    for (let t = s; t < n; t++) S[s]![t] = S[t]![s] = a + (t - s) * b + (s === t ? r : 0);
  }
  let total = (n / 2) * Math.log(2 * Math.PI);
  const z: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let x = S[i]![j]!;
      for (let k = 0; k < j; k++) x -= S[i]![k]! * S[j]![k]!;
      S[i]![j] = i === j ? Math.sqrt(x) : x / S[j]![j]!;
    }
    z[i] = (ys[i]! - z.reduce((t, zk, k) => t + S[i]![k]! * zk, 0)) / S[i]![i]!;
    total += Math.log(S[i]![i]!) + 0.5 * z[i]! ** 2;
  }
  return total;
}

describe('Hamiltonian Monte Carlo as one scan', () => {
  const [n, d, leaps, draws] = [60, 3, 12, 600];
  const random = randomFrom(21);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const truth = [1, -2, 0.5];
  const X = Array.from({ length: n }, () => truth.map(() => normal()));
  const labels = X.map((row) => {
    const score = row.reduce((t, x, k) => t + x * truth[k]!, 0);
    return random() < 1 / (1 + Math.exp(-score)) ? 1 : -1;
  });

  /** −log posterior of logistic regression under a standard normal prior, up to a constant. */
  const energy = (q: Variable): Variable =>
    add(sum(softplus(neg(mul(labels, matmul(constant(X), q))))), mul(0.5, sum(square(q))));

  const leapfrog = (q0: Variable, p0: Variable, step: number): readonly Variable[] =>
    scan(
      (q, p) => {
        const half = sub(p!, mul(step / 2, grad(energy(q!), q!)));
        const next = add(q!, mul(step, half));
        return [next, sub(half, mul(step / 2, grad(energy(next), next)))];
      },
      { initial: [q0, p0], nSteps: leaps, keep: 'last' },
    );

  it('keeps the energy nearly, and runs back to where it began', () => {
    const [q, p] = [vector('q', { shape: [d] }), vector('p', { shape: [d] })];
    const [q1, p1] = leapfrog(q, p, 0.02);
    const [q2, p2] = leapfrog(q1!, neg(p1!), 0.02);
    const total = (at: Variable, momentum: Variable): Variable =>
      add(energy(at), mul(0.5, sum(square(momentum))));
    const f = compile([q, p], [total(q, p), total(q1!, p1!), q2!, neg(p2!)]);
    const [before, after, qBack, pBack] = f([0.3, -0.5, 0.1], [1, 0.4, -0.7]);
    expectClose(after!.item(), before!.item(), 1e-3);
    expectClose(qBack!.toArray(), [0.3, -0.5, 0.1], 1e-12);
    expectClose(pBack!.toArray(), [1, 0.4, -0.7], 1e-12);
  });

  it('samples the posterior', () => {
    const [noise, uniforms] = [
      matrix('noise', { shape: [draws, d] }),
      vector('u', { shape: [draws] }),
    ];
    const [samples, accepted] = scan(
      (p, u, q) => {
        const [q1, p1] = leapfrog(q!, p!, 0.15);
        const change = sub(
          add(energy(q1!), mul(0.5, sum(square(p1!)))),
          add(energy(q!), mul(0.5, sum(square(p!)))),
        );
        const isTaken = sigmoid(mul(1e6, sub(neg(change), log(u!))));
        return [add(mul(isTaken, q1!), mul(sub(1, isTaken), q!)), isTaken];
      },
      { sequences: [noise, uniforms], initial: [zeros([d])] },
    );
    const f = compile(
      [noise, uniforms],
      [mean(slice(samples!, '100:'), { axis: 0 }), mean(accepted!)],
    );
    const momenta = Array.from({ length: draws }, () => truth.map(() => normal()));
    const [found, rate] = f(
      momenta,
      Array.from({ length: draws }, () => random()),
    );
    expect(rate!.item()).toBeGreaterThan(0.8);
    // The mode by gradient descent; the mean of this posterior lies within a standard deviation of it.
    const q = vector('q', { shape: [d] });
    const [mode] = scan((q) => sub(q!, mul(0.05, grad(energy(q!), q!))), {
      initial: [q],
      nSteps: 400,
      keep: 'last',
    });
    const at = flat(compile([q], mode!)([0, 0, 0]).toArray());
    flat(found!.toArray()).forEach((mean, k) => {
      expect(Math.abs(mean - at[k]!)).toBeLessThan(0.5);
    });
  });
});
