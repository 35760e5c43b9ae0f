import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor4D, Tensor as TfTensor } from '@tensorflow/tfjs';
import {
  add,
  conv,
  expandDims,
  flatten,
  grad,
  logSumExp,
  matmul,
  maxPool,
  mean,
  mul,
  relu,
  sub,
  sum,
} from 'cotangent';
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

/** Sizes of the network: `size` must give whole numbers after both poolings. */
interface Sizes {
  readonly batch: number;
  readonly size: number;
  readonly filters: readonly [number, number];
  readonly kernel: number;
  readonly classes: number;
}

/** Side of the image after both layers of convolution and pooling. */
function lastSide({ size, kernel }: Sizes): number {
  return ((size - kernel + 1) / 2 - kernel + 1) / 2;
}

function data(sizes: Sizes): Values {
  const { batch, size, filters, kernel, classes } = sizes;
  const { uniform, normal } = randomFrom(11);
  const features = filters[1] * lastSide(sizes) ** 2;
  const weights = (shape: readonly number[], fanIn: number): Value =>
    valueFrom('float32', shape, () => Math.sqrt(2 / fanIn) * normal());
  const bias = (n: number): Value => valueFrom('float32', [n], () => 0.1 * normal());
  const label = Array.from({ length: batch }, () => Math.floor(uniform() * classes));
  return {
    w1: weights([filters[0], 1, kernel, kernel], kernel ** 2),
    b1: bias(filters[0]),
    w2: weights([filters[1], filters[0], kernel, kernel], filters[0] * kernel ** 2),
    b2: bias(filters[1]),
    w3: weights([features, classes], features),
    b3: bias(classes),
    x: valueFrom('float32', [batch, 1, size, size], uniform),
    labels: valueFrom('float32', [batch, classes], (k) =>
      label[Math.floor(k / classes)] === k % classes ? 1 : 0,
    ),
  };
}

const argumentsOf = (values: Values): readonly Value[] =>
  names.map((name) => valueOf(values, name));

function cost([w1, b1, w2, b2, w3, b3, x, labels]: readonly Variable[]): Variable {
  const layer = (y: Variable, w: Variable, b: Variable): Variable =>
    maxPool(relu(add(conv(y, w), expandDims(b, [1, 2]))), { window: [2, 2] });
  const h = layer(layer(x!, w1!, b1!), w2!, b2!);
  const z = add(matmul(flatten(h, 2), w3!), b3!);
  return mean(sub(logSumExp(z, { axis: 1 }), sum(mul(z, labels!), { axis: 1 })));
}

function costOfJaxJs(jax: JaxJs, sizes: Sizes): (...args: JaxArray[]) => JaxArray {
  const { numpy: np, lax, nn } = jax;
  const layer = (y: JaxArray, w: JaxArray, b: JaxArray): JaxArray => {
    const z = nn.relu(lax.conv(y, w, [1, 1], 'VALID').add(b.reshape([-1, 1, 1])));
    const [n, c, rows, columns] = z.shape as [number, number, number, number]; // of a convolution of images
    return z.reshape([n, c, rows / 2, 2, columns / 2, 2]).max([3, 5]);
  };
  return (w1, b1, w2, b2, w3, b3, x, labels) => {
    const h = layer(layer(x!, w1!, b1!), w2!, b2!);
    const z = np.matmul(h.reshape([sizes.batch, -1]), w3!).add(b3!);
    return nn.logsumexp(z.ref, 1).sub(z.mul(labels!).sum(1)).mean();
  };
}

/** tfjs has its channels last; what it is given and what it returns has them first. */
function costOfTfjs(...[w1, b1, w2, b2, w3, b3, x, labels]: TfTensor[]): TfTensor {
  const layer = (y: Tensor4D, w: TfTensor, b: TfTensor): Tensor4D => {
    const kernel = w.transpose<Tensor4D>([2, 3, 1, 0]);
    return y.conv2d(kernel, 1, 'valid').add<Tensor4D>(b).relu<Tensor4D>().maxPool(2, 2, 'valid');
  };
  const h = layer(layer(x!.transpose<Tensor4D>([0, 2, 3, 1]), w1!, b1!), w2!, b2!);
  const z = h.transpose([0, 3, 1, 2]).reshape([h.shape[0], -1]).matMul(w3!).add(b3!);
  return z.logSumExp(1).sub(z.mul(labels!).sum(1)).mean();
}

const digits: Sizes = { batch: 32, size: 28, filters: [8, 16], kernel: 5, classes: 10 };

/** Cost and gradients by all parameters of a small convolutional classifier, float32: two layers of it, one dense. */
export function convolution(sizes: Sizes = digits): readonly Workload[] {
  const { batch, size, filters } = sizes;
  return [
    {
      name: `conv net ${filters.join('-')} on ${batch}×1×${size}×${size}, float32`,
      dtype: 'float32',
      values: () => data(sizes),
      // Gradients of the first kernel sum over the batch and the image.
      roundings: sumRoundings(batch * size ** 2, Math.sqrt(batch)),
      cotangent: (values, context) => {
        const inputs = names.map((name) => inputOf(values, name, context));
        const value = cost(inputs);
        const outputs = [value, ...grad(value, inputs.slice(0, parameters))];
        const call = { inputs, outputs, values: argumentsOf(values) };
        return prepareCall({ ...call, how: 'resident' }, context);
      },
      jaxJs: (jax, values) => {
        const f = jaxValueAndGrads(jax, costOfJaxJs(jax, sizes), parameters);
        return jitted(jax, f, argumentsOf(values));
      },
      tfjs: (tf, values) =>
        eager(tf, tfValueAndGrads(tf, costOfTfjs, parameters), argumentsOf(values)),
      python: { module: 'convolution', params: {}, engines: ['jax', 'torch'] },
      goals: [ahead('jax', 0.5), ahead('jax-js', 30)],
    },
  ];
}
