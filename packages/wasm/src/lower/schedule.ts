import { buffer as makeBuffer, constantOf, registerType } from '@cotangent/loops';
import type { Buffer, ReduceOp, Statement, StridedView } from '@cotangent/loops';
import { isFloat } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import type { Apply, Constant, Input, Variable } from '@cotangent/graph';
import { Placement } from './placement.ts';
import type { Group } from './group.ts';
import { inMemory, sizeOf } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { lowerMatmul } from './matmul.ts';
import { broadcast, lowerStructural } from './structural.ts';
import { elementOf, knownShape } from './types.ts';

/** One step of a schedule: a loop nest, ready statements, or an op evaluated in JavaScript. */
export type Step =
  | { readonly kind: 'loops'; readonly group: Group }
  | {
      readonly kind: 'statements';
      readonly name: string;
      readonly statements: readonly Statement[];
    }
  | HostStep;

/** An op without a lowering runs its own `eval` on views of the memory. */
export interface HostStep {
  readonly kind: 'host';
  readonly node: Apply;
  readonly inputs: readonly Lazy[];
  readonly outputs: readonly Buffer[];
}

/** A constant that lives in memory. */
export interface ResidentConstant {
  readonly buffer: Buffer;
  readonly value: Tensor;
}

/** A graph of known shapes as steps over buffers. */
export interface Schedule {
  readonly steps: readonly Step[];
  readonly inputs: readonly Buffer[];
  readonly constants: readonly ResidentConstant[];
  /** Views of memory with the results. */
  readonly outputs: readonly Lazy[];
  /** Elements of each buffer. */
  readonly sizes: ReadonlyMap<Buffer, number>;
}

const reductions: Readonly<Record<string, ReduceOp>> = {
  sum: 'add',
  prod: 'mul',
  max: 'max',
  min: 'min',
};

/** The longest chain of ops in one expression; what is longer is cut into locals of the same loop. */
const longestExpression = 24;

/**
 * Lays out a graph in which every shape is known: producers inside the loops of their consumers, several
 * results in one loop, views as index maps.
 *
 * @param nodes - in an order in which every node comes after those it needs.
 */
export function schedule(
  inputs: readonly Input[],
  nodes: readonly Apply[],
  outputs: readonly Variable[],
): Schedule {
  return new Scheduler(nodes, outputs).build(inputs, nodes, outputs);
}

class Scheduler {
  readonly #placement = new Placement();
  readonly #lazies = new Map<Variable, Lazy>();
  readonly #depths = new Map<Variable, number>();
  readonly #constants: ResidentConstant[] = [];
  readonly #sizes = new Map<Buffer, number>();
  readonly #uses = new Map<Variable, number>();

  constructor(nodes: readonly Apply[], outputs: readonly Variable[]) {
    const count = (x: Variable): void => {
      this.#uses.set(x, (this.#uses.get(x) ?? 0) + 1);
    };
    for (const node of nodes) node.inputs.forEach(count);
    outputs.forEach(count);
  }

  build(inputs: readonly Input[], nodes: readonly Apply[], outputs: readonly Variable[]): Schedule {
    const buffers = inputs.map((x) => {
      const made = this.#buffer(x.dtype, knownShape(x), 'in');
      this.#lazies.set(x, inMemory(made, knownShape(x)));
      return made;
    });
    for (const node of nodes) this.#lower(node);
    const results = outputs.map((y) => this.#inView(y));
    return {
      steps: this.#placement.steps,
      inputs: buffers,
      constants: this.#constants,
      outputs: results,
      sizes: this.#sizes,
    };
  }

  #lower(node: Apply): void {
    const [y] = node.outputs;
    if (node.outputs.length !== 1 || y === undefined) {
      if (!this.#statements(node)) this.#host(node);
      return;
    }
    const isLowered =
      this.#elementwise(node, y) ||
      this.#structural(node, y) ||
      this.#reduction(node, y) ||
      this.#matmul(node, y);
    if (!isLowered && !this.#statements(node)) this.#host(node);
  }

  /** An op whose record has its own lowering. */
  #statements(node: Apply): boolean {
    if (node.op.lower === undefined) return false;
    const inputs = node.inputs.map((x) => stridedView(this.#inView(x)));
    const lazies = node.outputs.map((y) =>
      inMemory(this.#buffer(y.dtype, knownShape(y), 's'), knownShape(y)),
    );
    const outputs = lazies.map(stridedView);
    const statements = node.op.lower({ inputs, outputs, attrs: node.attrs });
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
    const xs = node.inputs.map((x) => broadcast(this.#lazy(x), shape));
    const isFlat = xs.every((x) => x.flat !== undefined);
    this.#lazies.set(y, {
      shape,
      dtype: y.dtype,
      at: (indices) => element(xs.map((x) => x.at(indices))),
      flat: isFlat ? (position) => element(xs.map((x) => x.flat!(position))) : undefined,
      view: undefined,
    });
    const depth = 1 + Math.max(0, ...node.inputs.map((x) => this.#depths.get(x) ?? 0));
    this.#depths.set(y, depth);
    // Computed once if several need it, or if its expression has grown long.
    if ((this.#uses.get(y) ?? 0) > 1 || depth >= longestExpression) this.#dense(y);
    return true;
  }

  #structural(node: Apply, y: Variable): boolean {
    const [x] = node.inputs;
    if (x === undefined) return false;
    const shape = knownShape(y);
    const moved =
      lowerStructural(node, this.#lazy(x), shape) ??
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
    const source = this.#lazy(x);
    const shape = knownShape(y);
    const axes = reducedAxes(node, source.shape, shape);
    if (axes === undefined || sizeOf(source.shape) === 0) return false;
    const isFlat = axes.length === source.shape.length && source.flat !== undefined;
    const out = this.#buffer(y.dtype, shape, 'r');
    this.#placement.compute(source, out, isFlat, { op, axes });
    this.#lazies.set(y, inMemory(out, shape));
    return true;
  }

  #matmul(node: Apply, y: Variable): boolean {
    if (node.op.name !== 'matmul' || !isFloat(y.dtype)) return false;
    if (node.inputs.some((x) => x.dtype !== y.dtype)) return false;
    const shape = knownShape(y);
    const [a, b] = node.inputs.map((x) => this.#inView(x));
    const out = this.#buffer(y.dtype, shape, 'p');
    const statements = lowerMatmul(a!, b!, out, shape);
    this.#placement.push({ kind: 'statements', name: 'matmul', statements }, [out]);
    this.#lazies.set(y, inMemory(out, shape));
    return true;
  }

  #host(node: Apply): void {
    const inputs = node.inputs.map((x) => this.#inView(x));
    const outputs = node.outputs.map((y) => {
      const made = this.#buffer(y.dtype, knownShape(y), 'h');
      this.#lazies.set(y, inMemory(made, knownShape(y)));
      return made;
    });
    this.#placement.push({ kind: 'host', node, inputs, outputs }, outputs);
  }

  #lazy(x: Variable): Lazy {
    const found = this.#lazies.get(x);
    if (found !== undefined) return found;
    if (x.kind !== 'constant') throw new Error(`wasm: ${x.toString()} is used before it is made`);
    const made = this.#constant(x);
    this.#lazies.set(x, made);
    return made;
  }

  #constant({ value, dtype }: Constant): Lazy {
    const { shape } = value;
    if (value.size === 1) {
      const only = constantOf(registerType[dtype], value.get(...shape.map(() => 0)));
      return { shape, dtype, at: () => only, flat: () => only, view: undefined };
    }
    const made = this.#buffer(dtype, shape, 'c');
    this.#constants.push({ buffer: made, value });
    return inMemory(made, shape);
  }

  /** A strided view of memory with the values of `x`; computed there now if they are not. */
  #inView(x: Variable): Lazy {
    const lazy = this.#lazy(x);
    const kept = lazy.view === undefined ? this.#dense(x) : lazy;
    if (kept.view !== undefined) this.#placement.keep(kept.view.buffer);
    return kept;
  }

  /** The values of `x` in memory, row-major. */
  #dense(x: Variable): Lazy {
    const lazy = this.#lazy(x);
    const out = this.#buffer(x.dtype, lazy.shape, 'v');
    this.#placement.compute(lazy, out, lazy.flat !== undefined);
    const made = inMemory(out, lazy.shape);
    this.#lazies.set(x, made);
    this.#depths.set(x, 0);
    return made;
  }

  #buffer(dtype: DType, shape: readonly number[], prefix: string): Buffer {
    const made = makeBuffer(`${prefix}${this.#sizes.size}`, dtype);
    this.#sizes.set(made, sizeOf(shape));
    return made;
  }
}

function stridedView({ view, shape }: Lazy): StridedView {
  if (view === undefined) throw new Error('wasm: a value that is read must be in memory');
  return { ...view, shape };
}

/** The axes that a reduction sums over, from its attributes or, for sumTo, from the two shapes. */
function reducedAxes(
  node: Apply,
  from: readonly number[],
  to: readonly number[],
): readonly number[] | undefined {
  if (node.op.name === 'sumTo') {
    const added = from.length - to.length;
    return from.flatMap((size, axis) =>
      axis < added || (to[axis - added] === 1 && size !== 1) ? [axis] : [],
    );
  }
  const axes: unknown = 'axes' in node.attrs ? node.attrs.axes : undefined;
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : undefined;
}
