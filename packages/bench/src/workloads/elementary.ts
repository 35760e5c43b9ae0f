import type { Array as JaxArray } from '@jax-js/jax';
import type { Tensor as TfTensor } from '@tensorflow/tfjs';
import {
  cos,
  erf,
  exp,
  expm1,
  log,
  log1p,
  pow,
  sigmoid,
  sin,
  softplus,
  sqrt,
  tanh,
} from 'cotangent';
import type { Variable } from 'cotangent';
import { inputOf, prepareCall } from '../engines/cotangent.ts';
import { jitted } from '../engines/jax-js.ts';
import { eager } from '../engines/tfjs.ts';
import { randomFrom, valueFrom, valueOf } from '../values.ts';
import type { Precision, Random, Value, Values } from '../values.ts';
import { ahead } from '../workload.ts';
import type { Goal, JaxJs, Workload } from '../workload.ts';

/** One function, for every engine. */
interface Elementary {
  readonly name: string;
  /** `y` is `x` again where there is one argument. */
  readonly ours: (x: Variable, y: Variable) => Variable;
  readonly jaxJs: (jax: JaxJs, x: JaxArray, y: JaxArray) => JaxArray;
  readonly tfjs: (x: TfTensor, y: TfTensor) => TfTensor;
  /** Draws an argument. */
  readonly at: (random: Random) => number;
  /** The second argument, if there is one. */
  readonly second?: (random: Random) => number;
  /** JAX's time divided by ours that is asked for, where something is. */
  readonly goals?: { readonly [P in Precision]: number };
}

const normal =
  (scale: number) =>
  (random: Random): number =>
    scale * random.normal();
const positive = (random: Random): number => Math.exp(3 * random.normal());

// Goals: the ratios to JAX that were measured before the library was written; half as much again for exp, log, tanh.
const functions: readonly Elementary[] = [
  {
    name: 'exp',
    ours: (x) => exp(x),
    jaxJs: ({ numpy }, x) => numpy.exp(x),
    tfjs: (x) => x.exp(),
    at: normal(3),
    goals: { float32: 1.5 * 0.45, float64: 1.5 * 0.33 },
  },
  {
    name: 'log',
    ours: (x) => log(x),
    jaxJs: ({ numpy }, x) => numpy.log(x),
    tfjs: (x) => x.log(),
    at: positive,
    goals: { float32: 1.5 * 0.33, float64: 1.5 * 0.77 },
  },
  {
    name: 'log1p',
    ours: (x) => log1p(x),
    jaxJs: ({ numpy }, x) => numpy.log1p(x),
    tfjs: (x) => x.log1p(),
    at: positive,
    goals: { float32: 0.66, float64: 0.93 },
  },
  {
    name: 'expm1',
    ours: (x) => expm1(x),
    jaxJs: ({ numpy }, x) => numpy.expm1(x),
    tfjs: (x) => x.expm1(),
    at: normal(1),
    goals: { float32: 1.3, float64: 0.95 },
  },
  {
    name: 'sin',
    ours: (x) => sin(x),
    jaxJs: ({ numpy }, x) => numpy.sin(x),
    tfjs: (x) => x.sin(),
    at: normal(3),
    goals: { float32: 7.5, float64: 4.3 },
  },
  {
    name: 'cos',
    ours: (x) => cos(x),
    jaxJs: ({ numpy }, x) => numpy.cos(x),
    tfjs: (x) => x.cos(),
    at: normal(3),
    goals: { float32: 7.5, float64: 4.3 },
  },
  {
    name: 'tanh',
    ours: (x) => tanh(x),
    jaxJs: ({ numpy }, x) => numpy.tanh(x),
    tfjs: (x) => x.tanh(),
    at: normal(1),
    goals: { float32: 1.5 * 0.24, float64: 1.5 * 0.3 },
  },
  {
    name: 'erf',
    ours: (x) => erf(x),
    jaxJs: ({ scipySpecial }, x) => scipySpecial.erf(x),
    tfjs: (x) => x.erf(),
    at: normal(1),
    goals: { float32: 0.35, float64: 2.2 },
  },
  {
    name: 'sqrt',
    ours: (x) => sqrt(x),
    jaxJs: ({ numpy }, x) => numpy.sqrt(x),
    tfjs: (x) => x.sqrt(),
    at: positive,
    goals: { float32: 0.53, float64: 1.1 },
  },
  {
    name: 'sigmoid',
    ours: (x) => sigmoid(x),
    jaxJs: ({ nn }, x) => nn.sigmoid(x),
    tfjs: (x) => x.sigmoid(),
    at: normal(3),
  },
  {
    name: 'softplus',
    ours: (x) => softplus(x),
    jaxJs: ({ nn }, x) => nn.softplus(x),
    tfjs: (x) => x.softplus(),
    at: normal(3),
  },
  {
    name: 'pow',
    ours: (x, y) => pow(x, y),
    jaxJs: ({ numpy }, x, y) => numpy.power(x, y),
    tfjs: (x, y) => x.pow(y),
    at: positive,
    second: normal(1),
  },
];

function data({ at, second }: Elementary, dtype: Precision, n: number): Values {
  const random = randomFrom(5);
  const x = valueFrom(dtype, [n], () => at(random));
  return second === undefined ? { x } : { x, y: valueFrom(dtype, [n], () => second(random)) };
}

function elementaryIn(f: Elementary, dtype: Precision, n: number): Workload {
  const names = f.second === undefined ? ['x'] : ['x', 'y'];
  const argumentsOf = (values: Values): readonly Value[] =>
    names.map((name) => valueOf(values, name));
  const goals: readonly Goal[] = f.goals === undefined ? [] : [ahead('jax', f.goals[dtype])];
  return {
    name: `${f.name} ${n}, ${dtype}`,
    dtype,
    values: () => data(f, dtype, n),
    roundings: f.name === 'pow' ? 100 : 16, // libraries of C are allowed 4; pow's error grows with y log x
    cotangent: (values, context) => {
      const inputs = names.map((name) => inputOf(values, name, context));
      const output = f.ours(inputs[0]!, inputs.at(-1)!);
      const call = { inputs, outputs: [output], values: argumentsOf(values) };
      return prepareCall({ ...call, how: 'resident' }, context);
    },
    jaxJs: (jax, values) =>
      jitted(jax, (...xs) => f.jaxJs(jax, xs[0]!, xs.at(-1)!), argumentsOf(values)),
    tfjs: (tf, values) => eager(tf, (x, y) => [f.tfjs(x!, y!)], argumentsOf(values)),
    python: { module: 'elementary', params: { function: f.name }, engines: ['jax', 'torch'] },
    goals,
  };
}

/** Each elementary function alone, value only. */
export function elementary(n = 1_000_000): readonly Workload[] {
  return functions.flatMap((f) => [elementaryIn(f, 'float64', n), elementaryIn(f, 'float32', n)]);
}
