import { matmul as product } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted } from '../engines/jax-js.ts';
import { eager } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Precision, Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Goal, Workload } from '../workload.ts';

const argumentsOf = (values: Values): readonly Value[] =>
  ['a', 'b'].map((name) => valueOf(values, name));

/** PyTorch's product is that of MKL. */
function goalsOf(n: number, dtype: Precision): readonly Goal[] {
  const goals: Goal[] = [];
  if (n >= 192 && n <= 768) goals.push(ahead('torch', 0.45));
  if (n <= 64) goals.push(ahead('jax', 1));
  if (dtype === 'float32') goals.push(ahead('tfjs-wasm', 1.6));
  return goals;
}

function matmulOf(n: number, dtype: Precision): Workload {
  return {
    name: `matrix product ${n}, ${dtype}`,
    dtype,
    values: () => {
      const { normal } = randomFrom(9);
      return { a: valueFrom(dtype, [n, n], normal), b: valueFrom(dtype, [n, n], normal) };
    },
    roundings: sumRoundings(n),
    cotangent: (values, context) => {
      const [a, b] = [inputOf(values, 'a', context), inputOf(values, 'b', context)];
      const call = { inputs: [a, b], outputs: [product(a, b)], values: argumentsOf(values) };
      return prepareCall({ ...call, how: 'resident' }, context);
    },
    jaxJs: (jax, values) => jitted(jax, (a, b) => jax.numpy.matmul(a!, b!), argumentsOf(values)),
    tfjs: (tf, values) => eager(tf, (a, b) => [tf.matMul(a!, b!)], argumentsOf(values)),
    python: { module: 'matmul', params: {}, engines: ['jax', 'torch', 'numpy'] },
    goals: goalsOf(n, dtype),
  };
}

/** A B for square matrices, value only. */
export function matmul(
  sizes: readonly number[] = [8, 16, 32, 64, 128, 192, 256, 384, 512, 768, 1024],
): readonly Workload[] {
  return sizes.flatMap((n) => [matmulOf(n, 'float64'), matmulOf(n, 'float32')]);
}
