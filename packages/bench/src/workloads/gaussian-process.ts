import type { Array as JaxArray } from '@jax-js/jax';
import {
  add,
  cholesky,
  diagonal,
  div,
  dot,
  exp,
  expandDims,
  eye,
  grad,
  log,
  mul,
  slice,
  solveTriangular,
  square,
  sub,
  sum,
} from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { immediate, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { JaxJs, Workload } from '../workload.ts';

/** Noise of a tenth of the signal. */
const noise = 0.1;

function data(n: number): Values {
  const { uniform, normal } = randomFrom(12);
  const x = valueFrom('float64', [n], () => 10 * uniform());
  return {
    // logarithms of length, amplitude and noise
    theta: valueFrom('float64', [3], (k) => [0, 0, Math.log(noise)][k] ?? 0),
    x,
    y: valueFrom('float64', [n], (k) => Math.sin(x.data[k] ?? 0) + noise * normal()),
  };
}

const argumentsOf = (values: Values): readonly Value[] =>
  ['theta', 'x', 'y'].map((name) => valueOf(values, name));

/** −log p(y | x, θ) without its constant, by Cholesky (Rasmussen & Williams 2006, algorithm 2.1). */
function cost(theta: Variable, x: Variable, y: Variable, n: number): Variable {
  const [length, amplitude, deviation] = [0, 1, 2].map((k) => exp(slice(theta, [k])));
  const distance = div(sub(expandDims(x, 1), expandDims(x, 0)), length!);
  const kernel = mul(square(amplitude!), exp(mul(-0.5, square(distance))));
  const factor = cholesky(add(kernel, mul(square(deviation!), eye(n, n, { dtype: x.dtype }))));
  const white = solveTriangular(factor, y);
  return add(mul(0.5, dot(white, white)), sum(log(diagonal(factor))));
}

function costOfJaxJs({ numpy: np, lax }: JaxJs, n: number): (...args: JaxArray[]) => JaxArray {
  return (theta, x, y) => {
    const [length, amplitude, deviation] = [0, 1, 2].map((k) => np.exp(theta!.ref.slice(k)));
    theta!.dispose();
    const distance = x!.ref
      .reshape([n, 1])
      .sub(x!.reshape([1, n]))
      .div(length!);
    const kernel = np.square(amplitude!).mul(np.exp(np.square(distance).mul(-0.5)));
    const shift = np.eye(n, n, { dtype: np.float64 }).mul(np.square(deviation!));
    const factor = lax.linalg.cholesky(kernel.add(shift));
    const white = lax.linalg.triangularSolve(factor.ref, y!.reshape([n, 1]), {
      leftSide: true,
      lower: true,
    });
    return np
      .square(white)
      .sum()
      .mul(0.5)
      .add(np.log(np.diagonal(factor)).sum());
  };
}

/** Marginal likelihood of a Gaussian process, with gradients by its hyper-parameters. */
export function gaussianProcess(n = 300): readonly Workload[] {
  return [
    {
      name: `Gaussian process n=${n}, float64`,
      dtype: 'float64',
      values: () => data(n),
      // The condition of the matrix is at most that of n equal points: 1 + n / noise².
      roundings: sumRoundings(n, 1 + n / noise ** 2),
      cotangent: (values, context) => {
        const [theta, x, y] = [
          inputOf(values, 'theta', context),
          inputOf(values, 'x', context),
          inputOf(values, 'y', context),
        ];
        const value = cost(theta, x, y, n);
        const call = { inputs: [theta, x, y], outputs: [value, grad(value, theta)] };
        return prepareCall({ ...call, values: argumentsOf(values), how: 'resident' }, context);
      },
      jaxJs: (jax, values) =>
        // Its triangular solve does not compile.
        immediate(jax, jaxValueAndGrads(jax, costOfJaxJs(jax, n), 1), argumentsOf(values)),
      python: { module: 'gaussian_process', params: {}, engines: ['jax', 'torch', 'autograd'] },
      goals: [ahead('jax', 0.6)],
    },
  ];
}
