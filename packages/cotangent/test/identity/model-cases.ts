import {
  abs,
  add,
  argmax,
  bernoulli,
  cholesky,
  choSolve,
  compile,
  constant,
  conv,
  cumsum,
  det,
  div,
  dropout,
  eigh,
  einsum,
  exp,
  exportWasm,
  gt,
  hessian,
  hessianVectorProduct,
  inv,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  matrix,
  max,
  maxPool,
  mean,
  mul,
  normal,
  prod,
  qr,
  randomBits,
  randomKey,
  reshape,
  scan,
  shared,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  solve,
  sparseSoftmaxCrossEntropy,
  splitKey,
  square,
  std,
  sub,
  sum,
  svd,
  tanh,
  tensorFrom,
  transpose,
  uniform,
  variance,
  vector,
  whileLoop,
} from 'cotangent';
import type { DType, Tensor, Variable } from 'cotangent';
import { graphCase } from './case.ts';
import type { Case } from './case.ts';
import { bytesTensor } from './hash.ts';
import { randomBits as bitsFrom, randomTensor } from './points.ts';

const floats: readonly DType[] = ['float64', 'float32'];

/** Reductions, products, networks, loops, draws: graphs in which many ops become few loops. */
export function modelCases(): readonly Case[] {
  return [
    ...floats.flatMap((dtype) => [
      ...reductions(dtype),
      ...products(dtype),
      ...networks(dtype),
      ...loops(dtype),
    ]),
    ...factorisations(),
    ...draws(),
    secondOrder(),
    training(),
    beforehand(),
    moduleBytes(),
  ];
}

function reductions(dtype: DType): readonly Case[] {
  const kinds = { sum, mean, max, prod, variance, std, logSumExp };
  const shape = [7, 33, 65];
  const value = randomTensor(shape, 1, dtype, [0.5, 1.5]);
  return [
    ...Object.entries(kinds).map(([name, reduce]) =>
      graphCase(`${name} over axes, ${dtype}`, [value], (x) =>
        [[0], [1], [2], [0, 2], [0, 1, 2]].map((axis) => reduce(x!, { axis })),
      ),
    ),
    graphCase(`softmax and scans, ${dtype}`, [value], (x) => [
      ...[0, 1, 2].flatMap((axis) => [softmax(x!, { axis }), logSoftmax(x!, { axis })]),
      cumsum(x!, { axis: 1 }),
      argmax(x!, { axis: 2 }),
    ]),
    graphCase(`sum of 100 000, ${dtype}`, [randomTensor([100_003], 2, dtype)], (x) => [
      sum(x!),
      mean(square(x!)),
    ]),
  ];
}

function products(dtype: DType): readonly Case[] {
  const sizes = [
    [1, 1, 1],
    [3, 5, 7],
    [64, 64, 64],
    [65, 129, 33],
    [1, 200, 50],
    [130, 1, 70],
    [100, 300, 1],
  ] as const;
  return [
    ...sizes.map(([m, k, n]) =>
      graphCase(
        `matmul ${m}x${k}x${n}, ${dtype}`,
        [randomTensor([m, k], 3, dtype), randomTensor([k, n], 4, dtype)],
        (a, b) => [matmul(a!, b!), matmul(transpose(b!), transpose(a!))],
      ),
    ),
    graphCase(
      `batched products, ${dtype}`,
      [randomTensor([3, 20, 17], 5, dtype), randomTensor([3, 17, 9], 6, dtype)],
      (a, b) => [matmul(a!, b!), einsum('bij,bjk->ik', a!, b!)],
    ),
  ];
}

function networks(dtype: DType): readonly Case[] {
  const labels = Int32Array.from({ length: 16 }, (_, k) => (7 * k) % 10);
  const shapes = [[16, 50], [50, 33], [33], [33, 10], [10]];
  const perceptron = shapes.map((shape, k) => randomTensor(shape, 10 + k, dtype));
  const images = [
    randomTensor([2, 3, 13, 11], 20, dtype),
    randomTensor([6, 3, 3, 3], 21, dtype),
    randomTensor([6], 22, dtype),
  ];
  return [
    graphCase(`multilayer perceptron, ${dtype}`, perceptron, (x, w1, b1, w2, b2) => {
      const hidden = tanh(add(matmul(x!, w1!), b1!));
      return mean(sparseSoftmaxCrossEntropy(add(matmul(hidden, w2!), b2!), constant(labels)));
    }),
    graphCase(`convolutional network, ${dtype}`, images, (x, w, b) => {
      const features = softplus(add(conv(x!, w!, { padding: 'same' }), reshape(b!, [6, 1, 1])));
      const pooled = maxPool(features, { window: [2, 2] });
      return [sum(sin(pooled)), mean(conv(x!, w!, { strides: 2 }))];
    }),
    graphCase(
      `fused loops, ${dtype}`,
      [randomTensor([10_001], 23, dtype, [-20, 20]), randomTensor([10_001], 24, dtype, [-3, 3])],
      (x, y) =>
        sum(
          add(
            mul(softplus(mul(-1, mul(x!, y!))), sin(x!)),
            mul(tanh(y!), exp(mul(-1, square(x!)))),
          ),
        ),
    ),
  ];
}

function loops(dtype: DType): readonly Case[] {
  const values = [
    randomTensor([25, 8], 30, dtype),
    randomTensor([8, 12], 31, dtype),
    randomTensor([12, 12], 32, dtype),
    randomTensor([12], 33, dtype),
  ];
  return [
    graphCase(`recurrent network, ${dtype}`, values, (xs, w, u, h0) => {
      const [h] = scan((x, h) => tanh(add(matmul(x!, w!), matmul(h!, u!))), {
        sequences: [xs!],
        initial: [h0!],
      });
      return [h!, sum(square(slice(h!, [-1])))];
    }),
    graphCase(
      `square roots by Newton's method, ${dtype}`,
      [randomTensor([], 34, dtype, [2, 9])],
      (a) => {
        const error = (x: Variable): Variable => abs(sub(mul(x, x), a!));
        const [root] = whileLoop(
          (x) => gt(error(x!), 1e-5),
          (x) => mul(0.5, add(x!, div(a!, x!))),
          [a!],
          { maxSteps: 30 },
        );
        return root!;
      },
    ),
  ];
}

/** Matrices are well conditioned: nothing here hangs on a last digit. */
function factorisations(): readonly Case[] {
  const a = randomTensor([12, 12], 40);
  const definite = (x: Variable): Variable => add(matmul(x, transpose(x)), constant(diagonal(12)));
  return [
    graphCase('triangular factors and solutions', [a, randomTensor([12, 3], 41)], (x, b) => {
      const factor = cholesky(definite(x!));
      return [
        factor,
        choSolve(factor, b!),
        solve(definite(x!), b!),
        inv(definite(x!)),
        det(definite(x!)),
      ];
    }),
    graphCase('qr', [a], (x) => [...qr(add(x!, constant(diagonal(12))))]),
    graphCase('eigh', [a], (x) => [...eigh(definite(x!))]),
    graphCase('svd', [a], (x) => [...svd(x!)]),
  ];
}

function diagonal(n: number): Tensor {
  const data = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 5 : 0));
  return tensorFrom(data, { shape: [n, n] });
}

function draws(): readonly Case[] {
  const next = bitsFrom(50);
  const key = tensorFrom(Int32Array.from({ length: 2 }, next));
  return [
    graphCase('draws', [key], (k) => {
      const [first, second] = [0, 1].map((i) => slice(splitKey(k!, 2), [i]));
      return [
        randomBits(k!, [50]),
        ...floats.flatMap((dtype) => [
          uniform(first!, [1001], { dtype }),
          normal(second!, [1001], { dtype }),
        ]),
        bernoulli(first!, [300], { p: 0.3 }),
      ];
    }),
    graphCase('dropout', [randomTensor([500], 51)], (x) => sum(square(dropout(x!, randomKey(3))))),
  ];
}

function secondOrder(): Case {
  const rosenbrock = (x: Variable): Variable => {
    const [head, tail] = [slice(x, ':-1'), slice(x, '1:')];
    return sum(add(mul(100, square(sub(tail, square(head)))), square(sub(1, head))));
  };
  return {
    name: 'second derivatives',
    run: () => {
      const x = vector('x');
      const v = vector('v');
      const cost = add(rosenbrock(x), sum(log(add(2, sigmoid(x)))));
      const products = hessianVectorProduct(cost, x, v);
      const f = compile([x, v], [hessian(cost, x), products]);
      return f(randomTensor([40], 60), randomTensor([40], 61));
    },
  };
}

/** State in the module, changed by 20 steps. */
function training(): Case {
  return {
    name: 'training with shared variables',
    run: () => {
      const [x, y] = [matrix('x'), vector('y')];
      const w = shared(new Float64Array(9));
      const error = sub(tanh(matmul(x, w)), y);
      const cost = mean(square(error));
      const step = compile([x, y], cost, {
        updates: [[w, sub(w, mul(0.1, matmul(error, x)))]],
      });
      const values = [randomTensor([30, 9], 70), randomTensor([30], 71)] as const;
      const costs = Array.from({ length: 20 }, () => step(...values));
      return [...costs, w.get()];
    },
  };
}

/** What depends on constants alone is computed when the function is compiled, at many points. */
function beforehand(): Case {
  return {
    name: 'functions of constants',
    run: () => {
      const s = vector('s');
      const at = constant(randomTensor([900], 80, 'float64', [0.01, 30]));
      const parts = [sin, tanh, exp, log, sigmoid, softplus].map((fn) => mul(s, fn(at)));
      return compile([s], parts)(tensorFrom([1]));
    },
  };
}

/** The compiler makes the same code everywhere. */
function moduleBytes(): Case {
  return {
    name: 'bytes of an exported module',
    run: () => {
      const [x, w] = [matrix('x', { shape: [20, 7] }), vector('w', { shape: [7] })];
      const cost = mean(softplus(matmul(x, w)));
      return [bytesTensor(exportWasm(compile([x, w], cost, { name: 'bytes' })).wasm)];
    },
  };
}
