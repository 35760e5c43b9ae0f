import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import { add, grad, matmul, mean, scan, slice, square, tanh, zeros } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

const argumentsOf = (values: Values): readonly Value[] =>
  ['w', 'b', 'x'].map((name) => valueOf(values, name));

function data(steps: number, batch: number, hidden: number): Values {
  const { normal } = randomFrom(10);
  return {
    w: valueFrom('float32', [hidden, hidden], () => normal() / Math.sqrt(hidden)),
    b: valueFrom('float32', [hidden], () => 0.1 * normal()),
    x: valueFrom('float32', [steps, batch, hidden], () => 0.5 * normal()),
  };
}

/** Recurrent network h ← tanh(h W + b + x_t): mean h² after the last step, with gradients by W and b, float32. */
export function rnn(steps = 200, batch = 32, hidden = 64): readonly Workload[] {
  return [
    {
      name: `RNN by scan, T=${steps}, batch ${batch}, hidden ${hidden}, float32`,
      dtype: 'float32',
      values: () => data(steps, batch, hidden),
      // Older errors fade with the states that carry them; the gradient of W sums over batch and steps.
      roundings: sumRoundings(steps * batch, 10),
      cotangent: (values, context) => {
        const [w, b, x] = [
          inputOf(values, 'w', context),
          inputOf(values, 'b', context),
          inputOf(values, 'x', context),
        ];
        const start = zeros([batch, hidden], { dtype: context.dtype });
        const [states] = scan((xt, h) => [tanh(add(add(matmul(h!, w), b), xt!))], {
          sequences: [x],
          initial: [start],
        });
        const cost = mean(square(slice(states!, [-1])));
        const call = { inputs: [w, b, x], outputs: [cost, ...grad(cost, [w, b])] };
        return prepareCall({ ...call, values: argumentsOf(values), how: 'resident' }, context);
      },
      jaxJs: (jax, values) => {
        const { numpy: np } = jax;
        const cost = (w: JaxArray, b: JaxArray, x: JaxArray): JaxArray => {
          let h = np.zeros([batch, hidden]);
          for (let t = 0; t < steps; t++) {
            h = np.tanh(np.matmul(h, w.ref).add(b.ref).add(x.ref.slice(t)));
          }
          for (const given of [w, b, x]) given.dispose();
          return np.square(h).mean();
        };
        return jitted(jax, jaxValueAndGrads(jax, cost, 2), argumentsOf(values));
      },
      tfjs: (tf, values) => {
        const cost = (...[w, b, x]: TfTensor[]): TfTensor => {
          let h: TfTensor = tf.zeros([batch, hidden]);
          for (const xt of tf.unstack(x!)) h = h.matMul(w!).add(b!).add(xt).tanh();
          return h.square().mean();
        };
        return eager(tf, tfValueAndGrads(tf, cost, 2), argumentsOf(values));
      },
      python: { module: 'rnn', params: {}, engines: ['jax', 'torch', 'autograd'] },
      goals: [
        ahead('jax', 0.75),
        ahead('jax-js', 10),
        ahead('tfjs-wasm', 10),
        ahead('tfjs-cpu', 10),
      ],
    },
  ];
}
