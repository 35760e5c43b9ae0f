import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import { add, grad, mul, slice, square, sub, sum } from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted, valueAndGrads as jaxValueAndGrads } from '../engines/jax-js.ts';
import { eager, valueAndGrads as tfValueAndGrads } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { JaxJs, Workload } from '../workload.ts';

/** Σ 100 (x[i+1] − x[i]²)² + (1 − x[i])² (Rosenbrock 1960, extended to n variables). */
export function rosenbrockCost(x: Variable): Variable {
  const left = slice(x, ':-1');
  const right = slice(x, '1:');
  return sum(add(mul(100, square(sub(right, square(left)))), square(sub(1, left))));
}

/** The same for jax-js, which needs the length. */
export function rosenbrockOfJaxJs({ numpy: np }: JaxJs, n: number): (x: JaxArray) => JaxArray {
  return (x) => {
    const left = x.ref.slice([0, n - 1]);
    const right = x.slice([1, n]);
    const valley = np.square(right.sub(np.square(left.ref))).mul(100);
    return valley.add(np.square(left.neg().add(1))).sum();
  };
}

/** The same for tfjs. */
export function rosenbrockOfTfjs(x: TfTensor): TfTensor {
  const n = x.size;
  const left = x.slice(0, n - 1);
  const right = x.slice(1, n - 1);
  return right.sub(left.square()).square().mul(100).add(left.neg().add(1).square()).sum();
}

/** A point near the valley, where the terms of the cost are of size 1 to 100. */
export function rosenbrockPoint(n: number): Value {
  const { normal } = randomFrom(1);
  return valueFrom('float64', [n], () => 1 + 0.3 * normal());
}

/** Value and gradient by plain arithmetic. */
function expected({ data }: Value): readonly ArrayLike<number>[] {
  const gradient = new Float64Array(data.length);
  let cost = 0;
  for (let i = 0; i + 1 < data.length; i++) {
    const [x, y] = [data[i]!, data[i + 1]!];
    cost += 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    gradient[i]! += -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[i + 1]! += 200 * (y - x * x);
  }
  return [[cost], gradient];
}

/** Value and gradient of the Rosenbrock function: what a call costs. */
export function rosenbrock(n = 10): readonly Workload[] {
  const python = { module: 'rosenbrock', params: {} };
  const common: Omit<Workload, 'name' | 'cotangent' | 'goals' | 'python'> = {
    dtype: 'float64',
    values: () => ({ x: rosenbrockPoint(n) }),
    roundings: sumRoundings(n, 10), // y − x² cancels near the valley
    expected: (values) => expected(valueOf(values, 'x')),
  };
  const cotangentSide =
    (how: 'into' | 'fresh'): Workload['cotangent'] =>
    (values, context) => {
      const x = inputOf(values, 'x', context);
      const cost = rosenbrockCost(x);
      const call = { inputs: [x], outputs: [cost, grad(cost, x)], values: [valueOf(values, 'x')] };
      return prepareCall({ ...call, how }, context);
    };
  return [
    {
      ...common,
      name: `Rosenbrock n=${n}, callInto`,
      cotangent: cotangentSide('into'),
      python: { ...python, engines: ['casadi', 'casadi-buffer'] },
      goals: [ahead('casadi', 1)],
    },
    {
      ...common,
      name: `Rosenbrock n=${n}, fresh tensors`,
      cotangent: cotangentSide('fresh'),
      jaxJs: (jax, values) =>
        jitted(jax, jaxValueAndGrads(jax, rosenbrockOfJaxJs(jax, n), 1), [valueOf(values, 'x')]),
      tfjs: (tf, values) =>
        eager(tf, tfValueAndGrads(tf, rosenbrockOfTfjs, 1), [valueOf(values, 'x')]),
      python: { ...python, engines: ['jax', 'torch', 'autograd'] },
      goals: [ahead('jax', 10)],
    },
  ];
}
