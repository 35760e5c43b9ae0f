import { constantOf, registerType } from '@cotangent/loops';
import type {
  Buffer,
  InnerRequest,
  InnerStatements,
  LoweringContext,
  ReduceOp,
  StridedView,
} from '@cotangent/loops';
import { isFloat } from '@cotangent/tensor';
import type { Apply, Constant, Variable } from '@cotangent/graph';
import { inMemory, sizeOf } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { lowerMatmul } from './matmul.ts';
import { lowerPieces } from './pieces.ts';
import { Placement } from './placement.ts';
import type { Resources } from './resources.ts';
import type { Step } from './steps.ts';
import { broadcast, lowerPart, lowerStructural } from './structural.ts';
import { reducedAxes } from './reduced-axes.ts';
import { commonElement, elementOf, knownShape } from './types.ts';

const reductions: Readonly<Record<string, ReduceOp>> = {
  sum: 'add',
  prod: 'mul',
  max: 'max',
  min: 'min',
};

/** The longest chain of ops in one expression; what is longer is cut into locals of the same loop. */
const longestExpression = 24;

/** Lowers a graph inside an op. */
export type InnerLowering = (
  request: InnerRequest,
  resources: Resources,
) => InnerStatements | undefined;

/** Turns the nodes of one graph into steps. */
export class Scheduler {
  readonly #placement = new Placement();
  readonly #lazies = new Map<Variable, Lazy>();
  readonly #depths = new Map<Variable, number>();
  readonly #residents = new Map<Constant, Lazy>();
  readonly #resources: Resources;
  readonly #inner: InnerLowering;
  readonly #uses = new Map<Variable, number>();

  /** @param inner - lowers graphs inside ops. */
  constructor(
    resources: Resources,
    inner: InnerLowering,
    nodes: readonly Apply[],
    outputs: readonly Variable[],
  ) {
    this.#resources = resources;
    this.#inner = inner;
    const count = (x: Variable): void => {
      this.#uses.set(x, (this.#uses.get(x) ?? 0) + 1);
    };
    for (const node of nodes) node.inputs.forEach(count);
    outputs.forEach(count);
  }

  get steps(): readonly Step[] {
    return this.#placement.steps;
  }

  /** Says where the values of a variable are. */
  bind(x: Variable, lazy: Lazy): void {
    this.#lazies.set(x, lazy);
  }

  /** @returns whether all became steps; without `canCall` an op that only has an `eval` is refused. */
  lower(nodes: readonly Apply[], canCall = true): boolean {
    return nodes.every((node) => this.#lower(node) || (canCall && this.#host(node)));
  }

  /** Whether some step computes this buffer. */
  makes(buffer: Buffer): boolean {
    return this.#placement.makes(buffer);
  }

  /** Whether a result can lie where an input lies, `isSame`: element upon element. */
  mayOverlay(result: Buffer, input: Buffer, isSame: boolean): boolean {
    return this.#placement.mayOverlay(result, input, isSame);
  }

  #lower(node: Apply): boolean {
    const [y] = node.outputs;
    if (node.op.name === 'split') return this.#split(node);
    if (node.outputs.length !== 1 || y === undefined) return this.#statements(node);
    return (
      this.#elementwise(node, y) ||
      this.#structural(node, y) ||
      this.#pieces(node, y) ||
      this.#reduction(node, y) ||
      this.#matmul(node, y) ||
      this.#statements(node)
    );
  }

  /** An op whose record has its own lowering. */
  #statements(node: Apply): boolean {
    const { lower } = node.op;
    if (lower === undefined) return false;
    const resources = this.#resources;
    const inputs = node.inputs.map((x) => stridedView(this.inView(x)));
    const lazies = node.outputs.map((y) =>
      inMemory(this.#resources.buffer(y.dtype, knownShape(y), 's'), knownShape(y)),
    );
    const outputs = lazies.map(stridedView);
    const context: LoweringContext = {
      inputs,
      outputs,
      attrs: node.attrs,
      scratch: (dtype, elements) => resources.buffer(dtype, [elements], 't'),
      inner: (request) => this.#inner(request, resources),
    };
    const statements = resources.attempt(() => lower(context));
    if (statements === undefined) return false;
    this.#placement.push(
      { kind: 'statements', name: node.op.name, statements },
      outputs.map((out) => out.buffer),
    );
    node.outputs.forEach((y, j) => this.#lazies.set(y, lazies[j]!));
    return true;
  }

  #elementwise(node: Apply, y: Variable): boolean {
    const element = elementOf(node, y);
    if (element === undefined) return false;
    const shape = knownShape(y);
    const xs = node.inputs.map((x) => broadcast(this.lazy(x), shape));
    const isFlat = xs.every((x) => x.flat !== undefined);
    this.#lazies.set(y, {
      shape,
      dtype: y.dtype,
      at: (indices) => element(xs.map((x) => x.at(indices))),
      flat: isFlat ? (position) => element(xs.map((x) => x.flat!(position))) : undefined,
      view: undefined,
    });
    this.#denseIfNeeded(node, y);
    return true;
  }

  /** A value is computed once if several need it, or if its expression has grown long. */
  #denseIfNeeded(node: Apply, y: Variable): void {
    const depth = 1 + Math.max(0, ...node.inputs.map((x) => this.#depths.get(x) ?? 0));
    this.#depths.set(y, depth);
    if ((this.#uses.get(y) ?? 0) > 1 || depth >= longestExpression) this.#dense(y);
  }

  #pieces(node: Apply, y: Variable): boolean {
    const xs = node.inputs.map((x) => this.lazy(x));
    const made = lowerPieces(node, xs, knownShape(y));
    if (made === undefined) return false;
    this.#lazies.set(y, made);
    this.#denseIfNeeded(node, y);
    return true;
  }

  /** Consecutive parts along an axis. */
  #split(node: Apply): boolean {
    const [x] = node.inputs;
    let start = 0;
    return node.outputs.every((y) => {
      const shape = knownShape(y);
      const part = lowerPart(node, this.lazy(x!), shape, start);
      if (part === undefined) return false;
      this.#lazies.set(y, part.lazy);
      this.#depths.set(y, this.#depths.get(x!) ?? 0);
      start = part.stop;
      return true;
    });
  }

  #structural(node: Apply, y: Variable): boolean {
    const [x] = node.inputs;
    if (x === undefined) return false;
    const shape = knownShape(y);
    const moved =
      lowerStructural(node, this.lazy(x), shape) ??
      (node.op.name === 'reshape' ? lowerStructural(node, this.#dense(x), shape) : undefined);
    if (moved === undefined) return false;
    this.#lazies.set(y, moved);
    this.#depths.set(y, this.#depths.get(x) ?? 0);
    return true;
  }

  #reduction(node: Apply, y: Variable): boolean {
    const [x] = node.inputs;
    const op = node.op.name === 'sumTo' ? 'add' : reductions[node.op.name];
    if (x === undefined || op === undefined || !isFloat(y.dtype) || x.dtype !== y.dtype)
      return false;
    const source = this.lazy(x);
    const shape = knownShape(y);
    const axes = reducedAxes(node, source.shape, shape);
    if (axes === undefined || sizeOf(source.shape) === 0) return false;
    const isFlat = axes.length === source.shape.length && source.flat !== undefined;
    const out = this.#resources.buffer(y.dtype, shape, 'r');
    this.#placement.compute(source, out, isFlat, { op, axes });
    this.#lazies.set(y, inMemory(out, shape));
    return true;
  }

  #matmul(node: Apply, y: Variable): boolean {
    if (node.op.name !== 'matmul' || !isFloat(y.dtype)) return false;
    if (node.inputs.some((x) => x.dtype !== y.dtype)) return false;
    const shape = knownShape(y);
    const [a, b] = node.inputs.map((x) => this.inView(x));
    const out = this.#resources.buffer(y.dtype, shape, 'p');
    const statements = lowerMatmul(a!, b!, out, shape);
    this.#placement.push({ kind: 'statements', name: 'matmul', statements }, [out]);
    this.#lazies.set(y, inMemory(out, shape));
    return true;
  }

  #host(node: Apply): boolean {
    const inputs = node.inputs.map((x) => this.inView(x));
    const outputs = node.outputs.map((y) => {
      const made = this.#resources.buffer(y.dtype, knownShape(y), 'h');
      this.#lazies.set(y, inMemory(made, knownShape(y)));
      return made;
    });
    this.#placement.push({ kind: 'host', node, inputs, outputs }, outputs);
    return true;
  }

  lazy(x: Variable): Lazy {
    const found = this.#lazies.get(x);
    if (found !== undefined) return found;
    if (x.kind !== 'constant') throw new Error(`wasm: ${x.toString()} is used before it is made`);
    const made = this.#constant(x);
    this.#lazies.set(x, made);
    return made;
  }

  /** A constant that is the same everywhere is part of the code. */
  #constant(x: Constant): Lazy {
    const { value, dtype } = x;
    const { shape } = value;
    const same = commonElement(value);
    if (same === undefined) return this.#resident(x);
    const only = constantOf(registerType[dtype], same);
    return { shape, dtype, at: () => only, flat: () => only, view: undefined };
  }

  /** A constant in memory, for those who need it there. */
  #resident(x: Constant): Lazy {
    const made =
      this.#residents.get(x) ?? inMemory(this.#resources.constant(x.value), x.value.shape);
    this.#residents.set(x, made);
    return made;
  }

  /** A strided view of memory with the values of `x`; computed there now if they are not. */
  inView(x: Variable): Lazy {
    const lazy = this.lazy(x);
    if (x.kind === 'constant' && lazy.view === undefined) return this.#resident(x);
    const kept = lazy.view === undefined ? this.#dense(x) : lazy;
    if (kept.view !== undefined) this.#placement.keep(kept.view.buffer);
    return kept;
  }

  /** The values of `x` in memory of their own, row-major. */
  copied(x: Variable): Lazy {
    const made = this.#dense(x);
    if (made.view !== undefined) this.#placement.keep(made.view.buffer);
    return made;
  }

  /** The same; stored only if something reads it outside of its loop. */
  #dense(x: Variable): Lazy {
    const lazy = this.lazy(x);
    const out = this.#resources.buffer(x.dtype, lazy.shape, 'v');
    this.#placement.compute(lazy, out, lazy.flat !== undefined);
    const made = inMemory(out, lazy.shape);
    this.#lazies.set(x, made);
    this.#depths.set(x, 0);
    return made;
  }
}

function stridedView({ view, shape }: Lazy): StridedView {
  if (view === undefined) throw new Error('wasm: a value that is read must be in memory');
  return { ...view, shape };
}
