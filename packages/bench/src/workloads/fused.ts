import { add, exp, grad, log1p, mul, neg, sin, square, sum, tanh } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Precision, Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

const argumentsOf = (values: Values): readonly Value[] =>
  ['x', 'y'].map((name) => valueOf(values, name));

function data(n: number, dtype: Precision): Values {
  const { normal } = randomFrom(4);
  return { x: valueFrom(dtype, [n], normal), y: valueFrom(dtype, [n], normal) };
}

function fusedIn(dtype: Precision, n: number): Workload {
  return {
    name: `fused elementwise ${n}, ${dtype}`,
    dtype,
    values: () => data(n, dtype),
    roundings: sumRoundings(n, Math.sqrt(n)), // terms of both signs
    cotangent: (values, context) => {
      const [x, y] = [inputOf(values, 'x', context), inputOf(values, 'y', context)];
      const left = mul(log1p(exp(neg(mul(x, y)))), sin(x));
      const cost = sum(add(left, mul(tanh(y), exp(neg(square(x))))));
      const call = { inputs: [x, y], outputs: [cost, ...grad(cost, [x, y])] };
      return prepareCall({ ...call, values: argumentsOf(values), how: 'resident' }, context);
    },
    jaxJs: (jax, values) => {
      const { numpy: np } = jax;
      const f = jaxValueAndGrads(
        jax,
        (x, y) => {
          const left = np.log1p(np.exp(x.ref.mul(y.ref).neg())).mul(np.sin(x.ref));
          return left.add(np.tanh(y).mul(np.exp(np.square(x).neg()))).sum();
        },
        2,
      );
      return jitted(jax, f, argumentsOf(values));
    },
    tfjs: (tf, values) => {
      const f = tfValueAndGrads(
        tf,
        (...[x, y]) => {
          const left = x!.mul(y!).neg().exp().log1p().mul(x!.sin());
          return left.add(y!.tanh().mul(x!.square().neg().exp())).sum();
        },
        2,
      );
      return eager(tf, f, argumentsOf(values));
    },
    python: { module: 'fused', params: {}, engines: ['jax', 'torch', 'autograd'] },
    goals: [ahead('jax', 2.5), ahead('jax-js', 10)],
  };
}

/** Σ log1p(e^(−xy)) · sin x + tanh y · e^(−x²), with gradients by both vectors. */
export function fused(n = 1_000_000): readonly Workload[] {
  return [fusedIn('float64', n), fusedIn('float32', n)];
}
