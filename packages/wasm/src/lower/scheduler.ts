import type { Buffer, InnerRequest, InnerStatements, LoweringContext } from '@cotangent/loops';
import { isFloat } from '@cotangent/tensor';
import { VariableTable } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { constantLazy, isRepeated, reducedAxes, reductions, sliceUpdates } from './facts.ts';
import { pointOf } from './group.ts';
import { inMemory, sizeOf, stridedView, wholeBuffer, zeroOf } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { lowerMatmul } from './matmul.ts';
import { lowerPieces } from './pieces.ts';
import { Placement } from './placement.ts';
import type { Resources } from './resources.ts';
import type { Step } from './steps.ts';
import { fillOutside } from './outside.ts';
import { broadcast, lowerSplit, lowerStructural, slicedPart, slicedRanges } from './structural.ts';
import { Elements, knownShape } from './types.ts';

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
  readonly #elements = new Elements();
  readonly #lazies: VariableTable<Lazy>;
  readonly #depths: VariableTable<number>;
  readonly #resources: Resources;
  readonly #inner: InnerLowering;
  readonly #uses: VariableTable<number>;

  /** @param inner - lowers graphs inside ops. */
  constructor(
    resources: Resources,
    inner: InnerLowering,
    nodes: readonly Apply[],
    outputs: readonly Variable[],
  ) {
    this.#resources = resources;
    this.#inner = inner;
    this.#lazies = new VariableTable(nodes);
    this.#depths = new VariableTable(nodes);
    this.#uses = new VariableTable(nodes);
    const count = (x: Variable): void => {
      if (x.kind === 'result') this.#uses.set(x, (this.#uses.get(x) ?? 0) + 1);
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
      this.#addition(node, y) ||
      this.#elementwise(node, y) ||
      this.#structural(node, y) ||
      this.#pieces(node, y) ||
      this.#reduction(node, y) ||
      this.#matmul(node, y) ||
      this.#sliceUpdate(node, y) ||
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

  #define(y: Variable, lazy: Lazy, depth = 0): true {
    this.#lazies.set(y, lazy);
    this.#depths.set(y, depth);
    return true;
  }

  /** x + A B: the product begins with x, if both are known by then and nothing else needs A B. */
  #addition(node: Apply, y: Variable): boolean {
    if (node.op.name !== 'add') return false;
    const [a, b] = node.inputs;
    const isProduct = (x: Variable): boolean =>
      x.kind === 'result' && x.owner.op.name === 'matmul' && this.#uses.get(x) === 1;
    const [product, x] = isProduct(b!) ? [b!, a!] : [a!, b!];
    const made = this.#lazies.get(product);
    if (!isProduct(product) || [x, product].some(({ dtype }) => dtype !== y.dtype)) return false;
    const shape = knownShape(y);
    const [to, from] = [made && wholeBuffer(made, shape), wholeBuffer(this.lazy(x), shape)];
    if (to === undefined || from === undefined) return false;
    if (!this.#placement.accumulate(to, from, sizeOf(shape))) return false;
    return this.#define(y, inMemory(to, shape));
  }

  #elementwise(node: Apply, y: Variable): boolean {
    const element = this.#elements.of(node, y);
    if (element === undefined) return false;
    const shape = knownShape(y);
    const xs: Lazy[] = [];
    let isFlat = true;
    for (const x of node.inputs) {
      const lazy = broadcast(this.#ready(x, shape), shape);
      xs.push(lazy);
      isFlat &&= lazy.flat !== undefined;
    }
    this.#lazies.set(y, {
      shape,
      dtype: y.dtype,
      at: (indices) => element(xs.map((x) => x.at(indices))),
      flat: isFlat ? (position) => element(xs.map((x) => x.flat!(position))) : undefined,
      view: undefined,
    });
    this.#denseIfNeeded(y, this.#depthOf(node));
    return true;
  }

  /** A value is computed once if several need it, or if its expression has grown long. */
  #denseIfNeeded(y: Variable, depth: number): void {
    this.#depths.set(y, depth);
    if ((this.#uses.get(y) ?? 0) > 1 || depth >= longestExpression) this.#dense(y);
  }

  #depthOf({ inputs }: Apply): number {
    let depth = 1;
    for (const x of inputs) depth = Math.max(depth, 1 + (this.#depths.get(x) ?? 0));
    return depth;
  }

  #pieces(node: Apply, y: Variable): boolean {
    const xs = node.inputs.map((x) => this.lazy(x));
    const made = lowerPieces(node, xs, knownShape(y));
    if (made === undefined) return false;
    this.#lazies.set(y, made);
    this.#denseIfNeeded(y, this.#depthOf(node));
    return true;
  }

  #split(node: Apply): boolean {
    const [x] = node.inputs;
    const parts = lowerSplit(node, this.lazy(x!), node.outputs.map(knownShape));
    return node.outputs.every((y, k) => this.#define(y, parts[k]!, this.#depths.get(x!)));
  }

  /** An operand; computed once if the rows of the result would each compute it again. */
  #ready(x: Variable, shape: readonly number[]): Lazy {
    const lazy = this.lazy(x);
    const isComputed = lazy.view === undefined && (this.#depths.get(x) ?? 0) > 0;
    return isComputed && isRepeated(lazy.shape, shape) ? this.#dense(x) : lazy;
  }

  #structural(node: Apply, y: Variable): boolean {
    const [x] = node.inputs;
    if (x === undefined) return false;
    const shape = knownShape(y);
    const moved =
      lowerStructural(node, this.#ready(x, node.op.name === 'broadcastTo' ? shape : []), shape) ??
      (node.op.name === 'reshape' ? lowerStructural(node, this.#dense(x), shape) : undefined);
    if (moved === undefined) return false;
    return this.#define(y, moved, this.#depths.get(x));
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
    const out = this.#resources.buffer(y.dtype, shape, 'r');
    this.#placement.compute(source, out, { op, axes });
    return this.#define(y, inMemory(out, shape));
  }

  #matmul(node: Apply, y: Variable): boolean {
    if (node.op.name !== 'matmul' || !isFloat(y.dtype)) return false;
    if (node.inputs.some((x) => x.dtype !== y.dtype)) return false;
    const shape = knownShape(y);
    const [a, b] = node.inputs.map((x) => this.inView(x));
    const out = this.#resources.buffer(y.dtype, shape, 'p');
    const statements = lowerMatmul(a!, b!, out, shape);
    this.#placement.push({ kind: 'statements', name: 'matmul', statements }, [out]);
    return this.#define(y, inMemory(out, shape));
  }

  /** A part set, or added to: the rest is copied, or was made for this alone. */
  #sliceUpdate(node: Apply, y: Variable): boolean {
    const mode = sliceUpdates[node.op.name];
    const [x, v] = node.inputs;
    if (mode === undefined || x === undefined || v === undefined || v.dtype !== y.dtype)
      return false;
    const shape = knownShape(y);
    const isOwn = x.kind === 'result' && x.owner.op.name in sliceUpdates && this.#uses.get(x) === 1;
    const before = isOwn ? this.lazy(x).view?.buffer : undefined;
    const out = before ?? this.#resources.buffer(y.dtype, shape, 'u');
    const part = slicedPart(node, out, shape);
    if (part === undefined) return false;
    const zero = zeroOf(this.lazy(x));
    const isFresh = before === undefined && zero !== undefined;
    const prepare = isFresh ? fillOutside(out, shape, slicedRanges(node, shape), zero) : [];
    if (before === undefined && zero === undefined) this.#placement.compute(this.lazy(x), out);
    this.#placement.keep(out);
    const to = part.at(pointOf(part.shape));
    if (to.kind !== 'load') throw new Error('wasm: a part of a buffer is read by loads');
    this.#placement.update(broadcast(this.lazy(v), part.shape), out, {
      at: to.at,
      mode: isFresh ? 'set' : mode,
      prepare,
    });
    return this.#define(y, inMemory(out, shape));
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
    const made = constantLazy(x, this.#resources);
    this.#lazies.set(x, made);
    return made;
  }

  /** A strided view of memory with the values of `x`; computed there now if they are not. */
  inView(x: Variable): Lazy {
    const lazy = this.lazy(x);
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
    this.#placement.compute(lazy, out);
    const made = inMemory(out, lazy.shape);
    this.#lazies.set(x, made);
    this.#depths.set(x, 0);
    return made;
  }
}
