import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import { add, grad, logSumExp, matmul, mean, mul, relu, sub, sum } from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { JaxJs, Workload } from '../workload.ts';

const names = ['w1', 'b1', 'w2', 'b2', 'w3', 'b3', 'x', 'labels'] as const;
const parameters = 6;

/** Weights of He et al. (2015), images of uniform noise, labels as rows of one-hot vectors. */
function data(batch: number, widths: readonly number[]): Values {
  const { uniform, normal } = randomFrom(3);
  const values: Record<string, Value> = {};
  const [input = 0, , , classes = 0] = widths;
  for (let layer = 1; layer < widths.length; layer++) {
    const [from, to] = [widths[layer - 1]!, widths[layer]!];
    const scale = Math.sqrt(2 / from);
    values[`w${layer}`] = valueFrom('float32', [from, to], () => scale * normal());
    values[`b${layer}`] = valueFrom('float32', [to], () => 0.1 * normal());
  }
  values['x'] = valueFrom('float32', [batch, input], uniform);
  const label = Array.from({ length: batch }, () => Math.floor(uniform() * classes));
  values['labels'] = valueFrom('float32', [batch, classes], (k) =>
    label[Math.floor(k / classes)] === k % classes ? 1 : 0,
  );
  return values;
}

const argumentsOf = (values: Values): readonly Value[] =>
  names.map((name) => valueOf(values, name));

/** Mean cross-entropy of a network with two hidden layers of rectified units. */
function cost([w1, b1, w2, b2, w3, b3, x, labels]: readonly Variable[]): Variable {
  const h1 = relu(add(matmul(x!, w1!), b1!));
  const h2 = relu(add(matmul(h1, w2!), b2!));
  const z = add(matmul(h2, w3!), b3!);
  return mean(sub(logSumExp(z, { axis: 1 }), sum(mul(z, labels!), { axis: 1 })));
}

function costOfJaxJs({ numpy: np, nn }: JaxJs): (...args: JaxArray[]) => JaxArray {
  return (w1, b1, w2, b2, w3, b3, x, labels) => {
    const h1 = nn.relu(np.matmul(x!, w1!).add(b1!));
    const h2 = nn.relu(np.matmul(h1, w2!).add(b2!));
    const z = np.matmul(h2, w3!).add(b3!);
    return nn.logsumexp(z.ref, 1).sub(z.mul(labels!).sum(1)).mean();
  };
}

function costOfTfjs(...[w1, b1, w2, b2, w3, b3, x, labels]: TfTensor[]): TfTensor {
  const h1 = x!.matMul(w1!).add(b1!).relu();
  const h2 = h1.matMul(w2!).add(b2!).relu();
  const z = h2.matMul(w3!).add(b3!);
  return z.logSumExp(1).sub(z.mul(labels!).sum(1)).mean();
}

/** Cost and gradients by all parameters of a small classifier, float32. */
export function mlp(
  batch = 128,
  widths: readonly number[] = [784, 256, 128, 10],
): readonly Workload[] {
  return [
    {
      name: `MLP ${widths.join('-')}, batch ${batch}, float32`,
      dtype: 'float32',
      values: () => data(batch, widths),
      // The longest chain of sums; gradients are means over the batch of terms of random sign.
      roundings: sumRoundings(widths[0]! + widths[1]! + widths[2]! + batch, Math.sqrt(batch)),
      cotangent: (values, context) => {
        const inputs = names.map((name) => inputOf(values, name, context));
        const value = cost(inputs);
        const outputs = [value, ...grad(value, inputs.slice(0, parameters))];
        const call = { inputs, outputs, values: argumentsOf(values) };
        return prepareCall({ ...call, how: 'resident' }, context);
      },
      jaxJs: (jax, values) =>
        jitted(jax, jaxValueAndGrads(jax, costOfJaxJs(jax), parameters), argumentsOf(values)),
      tfjs: (tf, values) =>
        eager(tf, tfValueAndGrads(tf, costOfTfjs, parameters), argumentsOf(values)),
      python: { module: 'mlp', params: {}, engines: ['jax', 'torch', 'autograd'] },
      goals: [
        ahead('jax', 0.5),
        { kind: 'ratio', against: 'jax', atLeast: 0.8, threads: 'all' },
        ahead('jax-js', 3),
        ahead('tfjs-wasm', 15),
      ],
    },
  ];
}
