import {
  add,
  compile,
  constant,
  grad,
  matmul,
  matrix,
  printExpression,
  pushforward,
  scalar,
  sin,
  sum,
  tanh,
  vector,
} from 'cotangent';
import type { Input, Variable } from 'cotangent';
import { valueFrom } from '../values.ts';
import type { Goal, Prepared, PythonSide, Workload } from '../workload.ts';

/** A cost and what it is differentiated by. */
interface Problem {
  readonly cost: Variable;
  readonly wrt: readonly Input[];
}

const start = 0.5;

/** y = sin(sin(… sin x)), `n` ops deep. */
function chainOf(n: number): Problem {
  const x = scalar('x');
  let cost: Variable = x;
  for (let k = 0; k < n; k++) cost = sin(cost);
  return { cost, wrt: [x] };
}

/** One variable that `n` terms of a sum depend on. */
function fanOutOf(n: number): Problem {
  const x = scalar('x');
  let cost: Variable = sin(x);
  for (let k = 1; k < n; k++) cost = add(cost, sin(x));
  return { cost, wrt: [x] };
}

/** Layers h ← tanh(h W + b), a matrix and a vector of parameters for each. */
function networkOf(layers: number): Problem {
  const wrt: Input[] = [];
  const ones = Array.from({ length: 3 }, () => [1, 1, 1, 1]);
  let h: Variable = constant(ones);
  for (let k = 0; k < layers; k++) {
    const w = matrix(`w${k}`, { shape: [4, 4] });
    const b = vector(`b${k}`, { shape: [4] });
    wrt.push(w, b);
    h = tanh(add(matmul(h, w), b));
  }
  return { cost: sum(h), wrt };
}

/** Work on a graph of `size` nodes; no numbers are computed by it. */
interface GraphWork {
  readonly what: string;
  readonly size: number;
  /** Makes what a call needs; not part of a call. */
  readonly make: () => Problem;
  readonly run: (problem: Problem) => Variable | string | number;
  readonly python?: PythonSide;
  readonly goals?: readonly Goal[];
  /** The number that tells that a call did its work, of what it returned and what it was given. */
  readonly proof?: (problem: Problem, result: Variable | string | number) => number;
  /** What `proof` must give. */
  readonly expected?: number;
}

/**
 * The benchmark checks numbers: a call that only builds something returns what can be counted or evaluated afterwards, and
 * that is checked.
 */
function graphWorkload(work: GraphWork): Workload {
  const { what, size, make, run, proof = () => 1, expected = 1, python, goals = [] } = work;
  return {
    name: `graph: ${what}, ${size}`,
    dtype: 'float64',
    values: () => ({ x: valueFrom('float64', [], () => start) }),
    // Each op rounds once, and its error is carried to the end by derivatives of at most 1.
    roundings: 4 * size,
    expected: () => [[expected]],
    cotangent: (): Prepared => {
      const problem = make();
      let result: Variable | string | number = 0;
      return {
        run: () => {
          result = run(problem);
        },
        outputs: () => [[proof(problem, result)]],
      };
    },
    ...(python === undefined ? {} : { python }),
    goals,
    family: { name: what, size },
  };
}

const gradient = ({ cost, wrt }: Problem): Variable => grad(cost, wrt)[0]!;

/** d/dx of the chain at the start, by plain arithmetic. */
function chainDerivative(n: number): number {
  let value = start;
  let derivative = 1;
  for (let k = 0; k < n; k++) {
    derivative *= Math.cos(value);
    value = Math.sin(value);
  }
  return derivative;
}

const evaluated = ({ wrt }: Problem, result: Variable | string | number): number =>
  typeof result === 'object' ? compile(wrt, result, { mode: 'reference' })(start).item() : NaN;

/** Everything from nothing to a function that can be called: the row that has a goal. */
function everything(n: number): GraphWork {
  let problem: Problem;
  let derivative: () => number;
  return {
    what: 'build, differentiate and compile a chain',
    size: n,
    make: () => ({ cost: constant(0), wrt: [] }),
    run: () => {
      problem = chainOf(n);
      const f = compile([...problem.wrt], gradient(problem));
      derivative = () => f(start).item();
      return 0;
    },
    proof: () => derivative(),
    expected: chainDerivative(n),
    goals:
      n === 100_000
        ? [
            { kind: 'time', atMostMs: 3000 },
            { kind: 'growth', atMost: 1.15 },
          ]
        : [],
  };
}

function chainWork(n: number): readonly GraphWork[] {
  const make = (): Problem => chainOf(n);
  // A trace of 10⁵ operations takes JAX half a minute; its growth shows before that.
  const engines = n <= 10_000 ? (['jax', 'casadi'] as const) : (['casadi'] as const);
  const derivative = { proof: evaluated, expected: chainDerivative(n) };
  return [
    everything(n),
    {
      what: 'gradient of a chain',
      size: n,
      make,
      run: gradient,
      ...derivative,
      python: { module: 'graphs', params: { kind: 'chain', size: n }, engines },
    },
    {
      what: 'pushforward of a chain',
      size: n,
      make,
      run: ({ cost, wrt }) => pushforward(cost, wrt[0]!, 1),
      ...derivative,
    },
    // The line of the inputs, one for each node, and the line of what is returned.
    {
      what: 'print a chain',
      size: n,
      make,
      run: ({ cost }) => printExpression(cost),
      proof: (_, text) => String(text).split('\n').length,
      expected: n + 2,
    },
  ];
}

const otherWork: readonly GraphWork[] = [
  {
    what: 'gradient of a fan-out',
    size: 1000,
    make: () => fanOutOf(1000),
    run: gradient,
    proof: evaluated,
    expected: 1000 * Math.cos(start),
    python: {
      module: 'graphs',
      params: { kind: 'fan-out', size: 1000 },
      engines: ['jax', 'casadi'],
    },
  },
  {
    what: 'gradients of a network by layers',
    size: 100,
    make: () => networkOf(100),
    run: ({ cost, wrt }) => grad(cost, wrt).length,
    proof: (_, count) => Number(count),
    expected: 200,
    python: {
      module: 'graphs',
      params: { kind: 'network', size: 100 },
      engines: ['jax', 'casadi'],
    },
  },
];

/** Building, differentiating, printing and compiling large graphs, without running them. */
export function graphs(sizes: readonly number[] = [10_000, 100_000]): readonly Workload[] {
  return [...sizes.flatMap(chainWork), ...otherWork].map(graphWorkload);
}
