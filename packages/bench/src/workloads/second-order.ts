import { hessian, hessianVectorProduct } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted } from '../engines/jax-js.ts';
import { eager } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';
import {
  rosenbrockCost,
  rosenbrockOfJaxJs,
  rosenbrockOfTfjs,
  rosenbrockPoint,
} from './rosenbrock.ts';

/** The Hessian is tridiagonal: its diagonal, and entry (i, i + 1). */
function bands({ data: x }: Value): readonly [diagonal: Float64Array, off: Float64Array] {
  const n = x.length;
  const diagonal = new Float64Array(n);
  const off = new Float64Array(n - 1);
  for (let i = 0; i + 1 < n; i++) {
    diagonal[i]! += 1200 * x[i]! ** 2 - 400 * x[i + 1]! + 2;
    diagonal[i + 1]! += 200;
    off[i] = -400 * x[i]!;
  }
  return [diagonal, off];
}

function dense(x: Value): readonly ArrayLike<number>[] {
  const [diagonal, off] = bands(x);
  const n = diagonal.length;
  const matrix = new Float64Array(n * n);
  diagonal.forEach((d, i) => (matrix[i * n + i] = d));
  off.forEach((d, i) => {
    matrix[i * n + i + 1] = d;
    matrix[(i + 1) * n + i] = d;
  });
  return [matrix];
}

function product(x: Value, { data: v }: Value): readonly ArrayLike<number>[] {
  const [diagonal, off] = bands(x);
  const result = diagonal.map((d, i) => d * v[i]!);
  off.forEach((d, i) => {
    result[i]! += d * v[i + 1]!;
    result[i + 1]! += d * v[i]!;
  });
  return [result];
}

/** The dense Hessian of the Rosenbrock function. */
function hessianOf(n: number): Workload {
  return {
    name: `Hessian of Rosenbrock n=${n}, float64`,
    dtype: 'float64',
    values: () => ({ x: rosenbrockPoint(n) }),
    roundings: sumRoundings(4, 10),
    expected: (values) => dense(valueOf(values, 'x')),
    cotangent: (values, context) => {
      const x = inputOf(values, 'x', context);
      const call = { inputs: [x], outputs: [hessian(rosenbrockCost(x), x)] };
      return prepareCall({ ...call, values: [valueOf(values, 'x')], how: 'resident' }, context);
    },
    jaxJs: (jax, values) =>
      jitted(jax, (x) => jax.hessian(rosenbrockOfJaxJs(jax, n))(x!), [valueOf(values, 'x')]),
    python: {
      module: 'second_order',
      params: { what: 'hessian' },
      engines: ['jax', 'torch', 'casadi'],
    },
    goals: [ahead('jax', 1)],
  };
}

/** The product of its Hessian with a vector. */
function productOf(n: number): Workload {
  const argumentsOf = ['x', 'v'] as const;
  return {
    name: `Hessian-vector product of Rosenbrock n=${n}, float64`,
    dtype: 'float64',
    values: () => {
      const { normal } = randomFrom(6);
      return { x: rosenbrockPoint(n), v: valueFrom('float64', [n], normal) };
    },
    roundings: sumRoundings(4, 10),
    expected: (values) => product(valueOf(values, 'x'), valueOf(values, 'v')),
    cotangent: (values, context) => {
      const [x, v] = [inputOf(values, 'x', context), inputOf(values, 'v', context)];
      const call = { inputs: [x, v], outputs: [hessianVectorProduct(rosenbrockCost(x), x, v)] };
      const given = argumentsOf.map((name) => valueOf(values, name));
      return prepareCall({ ...call, values: given, how: 'resident' }, context);
    },
    jaxJs: (jax, values) => {
      const gradient = jax.grad(rosenbrockOfJaxJs(jax, n));
      const given = argumentsOf.map((name) => valueOf(values, name));
      return jitted(jax, (x, v) => jax.jvp(gradient, [x!], [v!])[1], given);
    },
    tfjs: (tf, values) => {
      const gradient = tf.grad(rosenbrockOfTfjs);
      const given = argumentsOf.map((name) => valueOf(values, name));
      return eager(tf, (x, v) => [tf.grad((p) => gradient(p).mul(v!).sum())(x!)], given);
    },
    python: {
      module: 'second_order',
      params: { what: 'product' },
      engines: ['jax', 'torch', 'casadi'],
    },
    goals: [ahead('jax', 1)],
  };
}

export function secondOrder(hessianSize = 200, productSize = 100_000): readonly Workload[] {
  return [hessianOf(hessianSize), productOf(productSize)];
}
