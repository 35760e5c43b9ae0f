// Values that NumPy and SciPy give (packages/ops/test/fixtures/generate.py), and the functions of this library at the same
// arguments.
import { readFileSync } from 'node:fs';
import { compile } from '@cotangent/compile';
import type { Mode } from '@cotangent/compile';
import { Input, isVariable, tensorType } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import * as library from '@cotangent/ops';
import { tensorFrom } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import * as umbrella from 'cotangent';
import { wasmBackend } from '@cotangent/wasm';
import { programs } from './programs.ts';

interface Encoded {
  readonly data: string;
  readonly shape?: readonly number[];
  readonly dtype?: DType;
}

/** One call of a function. */
export interface Case {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly values: readonly Encoded[];
  /** Which outputs the values are; default: all. */
  readonly compare?: readonly number[];
}

interface Fixtures {
  readonly grids: { readonly [name: string]: Encoded };
  readonly cases: readonly Case[];
}

const file = new URL('../../../ops/test/fixtures/numpy-values.json', import.meta.url);
// JSON.parse has no type: generate.py writes this form.
const { grids, cases } = JSON.parse(readFileSync(file, 'utf8')) as Fixtures;

/** The cases of each function. */
export const casesOf: ReadonlyMap<string, readonly Case[]> = new Map(
  cases.map(({ fn }) => [fn, cases.filter((c) => c.fn === fn)]),
);

/** How many numbers a case compares, or takes where what comes of many is one. */
export function pointsOf({ args, values }: Case): number {
  const given = args.map(numbersIn).reduce((total, n) => total + n, 0);
  return Math.max(
    given,
    values.map(numbersIn).reduce((total, n) => total + n, 0),
  );
}

function numbersIn(arg: unknown): number {
  if (typeof arg === 'string' && arg.startsWith('@')) return numbersIn(grids[arg.slice(1)]);
  if (Array.isArray(arg)) return arg.reduce<number>((total, each) => total + numbersIn(each), 0);
  const isArray = typeof arg === 'object' && arg !== null && 'data' in arg;
  return isArray ? String(arg.data).split(' ').length : 0;
}

/** The values of a case, as NumPy gives them. */
export function expected({ values }: Case): readonly Tensor[] {
  return values.map(decoded);
}

/** The values of a case in a mode; arrays are inputs of the graph. */
export function computed({ fn, args, compare }: Case, mode: Mode): readonly Tensor[] {
  const inputs: Input[] = [];
  const values: Tensor[] = [];
  const result = call(
    fn,
    args.map((arg) => operand(arg, inputs, values)),
  );
  const outputs: readonly Variable[] = isVariable(result) ? [result] : (result as []);
  const wanted = compare?.map((k) => outputs[k]!) ?? outputs;
  const f = compile(inputs, wanted, { mode, backend: wasmBackend(), onUnusedInput: 'ignore' });
  return f(...values);
}

const exported = new Map<string, unknown>([
  ...Object.entries<unknown>(umbrella),
  ...Object.entries<unknown>(library),
]);

function call(name: string, args: readonly unknown[]): unknown {
  const found = programs[name] ?? exported.get(name);
  if (typeof found !== 'function') throw new Error(`${name} is not exported`);
  return Reflect.apply(found, undefined, args);
}

function decoded({ data, shape, dtype = 'float64' }: Encoded): Tensor {
  const numbers = data === '' ? [] : data.split(' ').map(Number);
  const own = dtype === 'bool' ? Uint8Array.from(numbers) : numbers;
  return tensorFrom(own, { shape: shape ?? [numbers.length], dtype });
}

/** An array becomes an input, a grid by its name; words for infinities become numbers. */
function operand(arg: unknown, inputs: Input[], values: Tensor[]): unknown {
  if (typeof arg === 'string' && arg.startsWith('@'))
    return input(grids[arg.slice(1)]!, inputs, values);
  if (Array.isArray(arg)) return arg.map((each) => operand(each, inputs, values));
  if (typeof arg !== 'object' || arg === null) return arg;
  if ('data' in arg) return input(arg as Encoded, inputs, values);
  return Object.fromEntries(
    Object.entries(arg).map(([key, value]) => [
      key,
      key === 'ord' && Math.abs(Number(value)) === Infinity ? Number(value) : value,
    ]),
  );
}

function input(encoded: Encoded, inputs: Input[], values: Tensor[]): Input {
  const value = decoded(encoded);
  const variable = new Input(tensorType(value.dtype, value.shape), `x${inputs.length}`);
  inputs.push(variable);
  values.push(value);
  return variable;
}
