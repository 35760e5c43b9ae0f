import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import { add, grad, mul, sin, sum } from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

/** Ops of one step y ← y + 0.01 sin y. */
const opsOfStep = 3;

function expected(x: ArrayLike<number>, steps: number): readonly ArrayLike<number>[] {
  const y = Float64Array.from(x);
  const gradient = new Float64Array(y.length).fill(1);
  for (let k = 0; k < steps; k++) {
    for (let i = 0; i < y.length; i++) {
      gradient[i]! *= 1 + 0.01 * Math.cos(y[i]!);
      y[i]! += 0.01 * Math.sin(y[i]!);
    }
  }
  return [[y.reduce((a, b) => a + b, 0)], gradient];
}

/** Value and gradient of Σ y after many steps y ← y + 0.01 sin y: all overhead, hardly any arithmetic. */
export function chain(ops = 2000, n = 4): readonly Workload[] {
  const steps = Math.floor(ops / opsOfStep);
  return [
    {
      name: `chain of ${ops} ops on ${n} elements, float64`,
      dtype: 'float64',
      values: () => {
        const { uniform } = randomFrom(8);
        return { x: valueFrom('float64', [n], uniform) };
      },
      roundings: sumRoundings(ops, 10),
      expected: (values) => expected(valueOf(values, 'x').data, steps),
      cotangent: (values, context) => {
        const x = inputOf(values, 'x', context);
        let y: Variable = x;
        for (let k = 0; k < steps; k++) y = add(y, mul(0.01, sin(y)));
        const cost = sum(y);
        const call = { inputs: [x], outputs: [cost, grad(cost, x)] };
        return prepareCall({ ...call, values: [valueOf(values, 'x')], how: 'into' }, context);
      },
      jaxJs: (jax, values) => {
        const f = (x: JaxArray): JaxArray => {
          for (let k = 0; k < steps; k++) x = x.ref.add(jax.numpy.sin(x).mul(0.01));
          return x.sum();
        };
        return jitted(jax, jaxValueAndGrads(jax, f, 1), [valueOf(values, 'x')]);
      },
      tfjs: (tf, values) => {
        const f = (x: TfTensor): TfTensor => {
          for (let k = 0; k < steps; k++) x = x.add(x.sin().mul(0.01));
          return x.sum();
        };
        return eager(tf, tfValueAndGrads(tf, f, 1), [valueOf(values, 'x')]);
      },
      python: {
        module: 'chain',
        params: { steps },
        engines: ['jax', 'torch', 'casadi', 'autograd'],
      },
      goals: [{ kind: 'ratio', against: 'jax', atLeast: 50, of: 'first call' }, ahead('jax', 5)],
    },
  ];
}
