import { jacobian, matmul, tanh } from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted } from '../engines/jax-js.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

function data(layers: number, n: number): Values {
  const { normal } = randomFrom(7);
  const values: Record<string, Value> = { x: valueFrom('float64', [n], normal) };
  for (let k = 1; k <= layers; k++) {
    values[`w${k}`] = valueFrom('float64', [n, n], () => normal() / Math.sqrt(n));
  }
  return values;
}

/** The Jacobian by x of tanh(W₅ tanh(W₄ … tanh(W₁ x))). */
export function jacobianOfLayers(layers = 5, n = 100): readonly Workload[] {
  const names = ['x', ...Array.from({ length: layers }, (_, k) => `w${k + 1}`)];
  return [
    {
      name: `Jacobian of ${layers} tanh(Wx), ${n}×${n}, float64`,
      dtype: 'float64',
      values: () => data(layers, n),
      roundings: layers * sumRoundings(n, 10),
      cotangent: (values, context) => {
        const [x, ...weights] = names.map((name) => inputOf(values, name, context));
        let y: Variable = x!;
        for (const w of weights) y = tanh(matmul(w, y));
        const call = { inputs: [x!, ...weights], outputs: [jacobian(y, x!)] };
        const given = names.map((name) => valueOf(values, name));
        return prepareCall({ ...call, values: given, how: 'resident' }, context);
      },
      jaxJs: (jax, values) => {
        const { numpy: np } = jax;
        const given = names.map((name) => valueOf(values, name));
        return jitted(
          jax,
          (x, ...weights) => {
            // The function is called once by each derivative: weights are lent, and given up at the end.
            const matrix = jax.jacrev((p) =>
              weights.reduce((y, w) => np.tanh(np.matmul(w.ref, y)), p),
            )(x!);
            for (const w of weights) w.dispose();
            return matrix;
          },
          given,
        );
      },
      python: { module: 'jacobian', params: {}, engines: ['jax', 'torch', 'casadi'] },
      goals: [ahead('jax', 0.6)],
    },
  ];
}
