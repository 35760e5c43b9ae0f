import { add, grad, matmul, mul, neg, scan, slice, softplus, square, sub, sum } from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Value, Values } from '../values.ts';
import { ahead, sumRoundings } from '../workload.ts';
import type { Workload } from '../workload.ts';

const names = ['q', 'p', 'x', 'y'] as const;
const stepSize = 0.02;

function data(rows: number, columns: number): Values {
  const { uniform, normal } = randomFrom(13);
  return {
    q: valueFrom('float64', [columns], () => 0.1 * normal()),
    p: valueFrom('float64', [columns], normal),
    x: valueFrom('float64', [rows, columns], normal),
    y: valueFrom('float64', [rows], () => (uniform() < 0.5 ? -1 : 1)),
  };
}

const argumentsOf = (values: Values): readonly Value[] =>
  names.map((name) => valueOf(values, name));

/** −log of the posterior of a logistic regression with normal prior. */
function potential(q: Variable, x: Variable, y: Variable): Variable {
  return add(sum(softplus(neg(mul(y, matmul(x, q))))), mul(0.5, sum(square(q))));
}

/**
 * Leapfrog steps of Hamiltonian Monte Carlo as one scan: position and momentum at the end (Neal 2011, section 2.3). The
 * gradient of the potential is taken once a step, in the middle of it.
 */
export function hmc(steps = 1000, rows = 100, columns = 20): readonly Workload[] {
  return [
    {
      name: `HMC, ${steps} leapfrog steps, ${columns} parameters, float64`,
      dtype: 'float64',
      values: () => data(rows, columns),
      // The motion is stable: errors of the steps add up and do not grow by themselves.
      roundings: steps * sumRoundings(rows),
      cotangent: (values, context) => {
        const inputs = names.map((name) => inputOf(values, name, context));
        const [q0, p0, x, y] = inputs;
        const [qs, ps] = scan(
          (q, p) => {
            const middle = add(q!, mul(stepSize / 2, p!));
            const momentum = sub(p!, mul(stepSize, grad(potential(middle, x!, y!), middle)));
            return [add(middle, mul(stepSize / 2, momentum)), momentum];
          },
          { initial: [q0!, p0!], nSteps: steps },
        );
        const call = { inputs, outputs: [slice(qs!, [-1]), slice(ps!, [-1])] };
        return prepareCall({ ...call, values: argumentsOf(values), how: 'resident' }, context);
      },
      python: { module: 'hmc', params: { steps, stepSize }, engines: ['jax', 'torch', 'autograd'] },
      goals: [ahead('jax', 3)],
    },
  ];
}
