import { grad, matmul, mean, mul, neg, softplus } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

function data(rows: number, columns: number): Values {
  const { uniform, normal } = randomFrom(2);
  return {
    w: valueFrom('float64', [columns], () => 0.1 * normal()),
    x: valueFrom('float64', [rows, columns], normal),
    y: valueFrom('float64', [rows], () => (uniform() < 0.5 ? -1 : 1)),
  };
}

const argumentsOf = (values: Values): readonly Value[] =>
  ['w', 'x', 'y'].map((name) => valueOf(values, name));

/** Logistic regression: mean softplus(−y · X w) and its gradient by w. */
export function logistic(rows = 10_000, columns = 100): readonly Workload[] {
  return [
    {
      name: `logistic regression ${rows}×${columns}, float64`,
      dtype: 'float64',
      values: () => data(rows, columns),
      // Gradient entries are means of `rows` terms of size ½, of random sign: their sum is √rows times less.
      roundings: sumRoundings(rows, Math.sqrt(rows)),
      cotangent: (values, context) => {
        const [w, x, y] = [
          inputOf(values, 'w', context),
          inputOf(values, 'x', context),
          inputOf(values, 'y', context),
        ];
        const cost = mean(softplus(mul(neg(y), matmul(x, w))));
        const call = { inputs: [w, x, y], outputs: [cost, grad(cost, w)] };
        return prepareCall({ ...call, values: argumentsOf(values), how: 'resident' }, context);
      },
      jaxJs: (jax, values) => {
        const { numpy: np } = jax;
        const f = jaxValueAndGrads(
          jax,
          (w, x, y) => jax.nn.softplus(np.matmul(x, w).mul(y).neg()).mean(),
          1,
        );
        return jitted(jax, f, argumentsOf(values));
      },
      tfjs: (tf, values) => {
        const f = tfValueAndGrads(
          tf,
          (w, x, y) => tf.dot(x!, w!).mul(y!).neg().softplus().mean(),
          1,
        );
        return eager(tf, f, argumentsOf(values));
      },
      python: { module: 'logistic', params: {}, engines: ['jax', 'torch', 'autograd'] },
      goals: [
        ahead('jax', 0.9),
        ahead('jax-js', 10),
        ahead('tfjs-wasm', 10),
        ahead('tfjs-cpu', 10),
      ],
    },
  ];
}
