import { compile, grad, printExpression, pushforward, scalar, sin } from 'cotangent';
import type { Input, Variable } from 'cotangent';
import type { Workload } from '../measure.ts';

interface Chain {
  readonly x: Input;
  readonly y: Variable;
}

/** y = sin(sin(… sin x)), `n` ops deep. */
function chain(n: number): Chain {
  const x = scalar('x');
  let y: Variable = x;
  for (let k = 0; k < n; k++) y = sin(y);
  return { x, y };
}

const x0 = 0.5;

/** Value and derivative of the chain at x0, by plain arithmetic. */
function expectedAt(n: number): { readonly value: number; readonly derivative: number } {
  let value = x0;
  let derivative = 1;
  for (let k = 0; k < n; k++) {
    derivative *= Math.cos(value);
    value = Math.sin(value);
  }
  return { value, derivative };
}

/** What is done with a chain of `n` ops: built, differentiated in both modes, printed, evaluated. */
export function chainWorkloads(sizes: readonly number[]): readonly Workload[] {
  return sizes.flatMap((n) => {
    const { value, derivative } = expectedAt(n);
    const workload = (what: string, expected: number, run: (chain: Chain) => number): Workload => ({
      name: `chain: ${what}, ${n} nodes`,
      family: `chain: ${what}`,
      size: n,
      expected,
      prepare: () => {
        const given = chain(n);
        return () => run(given);
      },
    });
    return [
      workload('build', n, () => depthOf(chain(n).y)),
      workload('pushforward', 1, ({ x, y }) => Number(pushforward(y, x, 1).kind === 'result')),
      // the line of the inputs, one per node, and the line of what is returned
      workload('print', n + 2, ({ y }) => printExpression(y).split('\n').length),
      workload('compile', 1, ({ x, y }) => compile([x], y).outputs.length),
      evaluation('evaluate', n, value, ({ y }) => y),
      evaluation('evaluate gradient', n, derivative, ({ x, y }) => grad(y, x)),
    ];
  });
}

function evaluation(
  what: string,
  n: number,
  expected: number,
  output: (chain: Chain) => Variable,
): Workload {
  return {
    name: `chain: ${what}, ${n} nodes`,
    family: `chain: ${what}`,
    size: n,
    expected,
    prepare: () => {
      const given = chain(n);
      const f = compile([given.x], output(given));
      return () => f(x0).item();
    },
  };
}

function depthOf(y: Variable): number {
  let depth = 0;
  for (let x: Variable | undefined = y; x?.kind === 'result'; x = x.owner.inputs[0]) depth++;
  return depth;
}
