import {
  CotangentError,
  compile,
  exportWasm,
  grad,
  hessian,
  jit,
  matmul,
  matrix,
  mean,
  mul,
  neg,
  randomKey,
  scan,
  shared,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  svdvals,
  tanh,
  tensorFrom,
  uniform,
  valueAndGrad,
  vector,
  verifyGrad,
} from 'cotangent';
import type { CompiledFunction, ExportedModule, Input, Variable } from 'cotangent';

/** Facts by name: numbers, texts and arrays of them, as JSON has them. */
export type Facts = Readonly<Record<string, unknown>>;

/** A regression with a gradient, and where it is evaluated. */
const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const labels = [1, -1, 1];
const weights = [0.5, -0.25];

function regression(): CompiledFunction<
  readonly [Input, Input, Input],
  readonly [Variable, Variable]
> {
  const [x, y, w] = [matrix('x'), vector('y'), vector('w')];
  const cost = mean(softplus(neg(mul(y, matmul(x, w)))));
  return compile([x, y, w], [cost, grad(cost, w)], { name: 'model' });
}

/** The regression as files. */
export function exported(): ExportedModule {
  return exportWasm(regression(), { shapes: [[3, 2], [3], [2]] });
}

/** The module made by the loader of {@link exported}, as far as it is used here. */
interface Loader {
  readonly load: (
    source?: string,
  ) => Promise<(...args: readonly (readonly number[])[]) => readonly Float64Array[]>;
}

/**
 * What applications do, with its results.
 *
 * @param loader - address of the loader of {@link exported}, its `.wasm` beside it.
 */
export async function scenario(loader: string): Promise<Facts> {
  const f = regression();
  await f.prepare({ shape: [3, 2] }, { shape: [3] }, { shape: [2] });
  const modules = f.statistics().modules;
  const results = f(rows, labels, weights);
  const { load }: Loader = await import(loader);
  const [byDefault, byAddress] = [await load(), await load(loader.replace(/mjs$/, 'wasm'))];
  const flat = [rows.flat(), labels, weights];
  return {
    modules,
    results: results.map((y) => y.toArray()),
    loaded: byDefault(...flat).map((y) => [...y]),
    loadedByAddress: byAddress(...flat).map((y) => [...y]),
    ...transformed(),
    ...trained(),
    refusal: codeOf(() => f(rows, labels, [1, 2, 3])),
    evaluatedText: evaluatedText(),
  };
}

function transformed(): Facts {
  const norm = jit((x: Variable) => sqrt(sum(square(x))));
  const meanSquare = valueAndGrad((x: Variable) => mean(square(x)));
  const { value, grad: slope } = meanSquare([1, 2, 3, 4]);
  const x = vector('x');
  const curvature = compile([x], hessian(sum(mul(x, mul(x, x))), x));
  const [total] = scan((item, sofar) => mul(item!, sofar!), { sequences: [x], initial: [1] });
  const m = matrix('m');
  return {
    jit: norm([3, 4]).item(),
    valueAndGrad: [value, slope.toArray()],
    grad: grad((y: Variable) => sum(square(y)))([1, -2]).toArray(),
    hessian: curvature([1, 2]).toArray(),
    scan: compile([x], total!)([2, 3, 4]).toArray(),
    singular: compile(
      [m],
      svdvals(m),
    )([
      [0, 3],
      [4, 0],
    ]).toArray(),
    draws: compile([], [uniform(randomKey(1), [3])])()[0]!.toArray(),
    verified: codeOf(() => verifyGrad(tanh, [tensorFrom([0.5, -1.5])])),
  };
}

/** Ten steps towards 3, with state that stays in the module. */
function trained(): Facts {
  const w = shared(0, { name: 'w' });
  const cost = square(sub(w, 3));
  const step = compile([], cost, { updates: [[w, sub(w, mul(0.25, grad(cost, w)))]] });
  const costs = Array.from({ length: 10 }, () => step().item());
  return { firstCost: costs[0], trained: w.get().item() };
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CotangentError ? error.code : String(error);
  }
}

/** Whether the policy lets text become code. */
function evaluatedText(): boolean {
  try {
    // The policy is asked, nothing else: that code is built from text is what must fail.
    // oxlint-disable-next-line typescript/no-implied-eval
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}

/** What compiling says where the policy forbids WebAssembly. */
export function withoutWebAssembly(): Facts {
  return { code: codeOf(() => regression()(rows, labels, weights)) };
}
