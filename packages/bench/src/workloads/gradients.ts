import { add, constant, grad, matmul, matrix, scalar, sin, sum, tanh, vector } from 'cotangent';
import type { Input, Variable } from 'cotangent';
import type { Workload } from '../measure.ts';

/** Time to build the gradient of a graph, the graph itself being there. Peers have the same names. */
export function gradientWorkloads(chainSizes: readonly number[]): readonly Workload[] {
  return [
    ...chainSizes.map((n) => building('chain', n, chainOf(n))),
    building('fan-out', 1000, fanOutOf(1000)),
    building('network', 100, networkOf(100)),
  ];
}

interface Problem {
  readonly cost: Variable;
  readonly wrt: readonly Input[];
}

function building(family: string, size: number, problem: () => Problem): Workload {
  return {
    name: `gradient of ${family}:${size}`,
    family: `gradient of ${family}`,
    peer: `${family}:${size}`,
    size,
    expected: 1,
    prepare: () => {
      const { cost, wrt } = problem();
      return () => Number(grad(cost, wrt).every((g) => g.kind !== 'input'));
    },
  };
}

function chainOf(n: number): () => Problem {
  return () => {
    const x = scalar('x');
    let y: Variable = x;
    for (let k = 0; k < n; k++) y = sin(y);
    return { cost: y, wrt: [x] };
  };
}

/** One variable that `n` terms of a sum depend on. */
function fanOutOf(n: number): () => Problem {
  return () => {
    const x = scalar('x');
    let total = sin(x);
    for (let k = 1; k < n; k++) total = add(total, sin(x));
    return { cost: total, wrt: [x] };
  };
}

/** Layers h ← tanh(h W + b), a matrix and a vector of parameters for each. */
function networkOf(layers: number): () => Problem {
  return () => {
    const wrt: Input[] = [];
    let h: Variable = constant([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    for (let k = 0; k < layers; k++) {
      const w = matrix(`w${k}`, { shape: [4, 4] });
      const b = vector(`b${k}`, { shape: [4] });
      wrt.push(w, b);
      h = tanh(add(matmul(h, w), b));
    }
    return { cost: sum(h), wrt };
  };
}
