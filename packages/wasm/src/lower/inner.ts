import { addressIn, block, forLoop, i32, index, plus, store } from '@cotangent/loops';
import type {
  Buffer,
  InnerRequest,
  InnerStatements,
  Statement,
  StridedView,
  Value,
} from '@cotangent/loops';
import { Input, isVariable } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { splitInvariant } from './invariant.ts';
import { inMemory, isDense, sizeOf } from './lazy.ts';
import type { Lazy } from './lazy.ts';
import { areApart, isSameView } from './overlap.ts';
import { relocate } from './relocate.ts';
import type { Place } from './relocate.ts';
import type { Resources } from './resources.ts';
import { statementsOf } from './steps.ts';
import { Scheduler } from './scheduler.ts';
import { specialiseGraph } from './specialise.ts';
import { knownShape } from './types.ts';

/**
 * A graph inside an op as statements over the memory that the op names. Inputs and results are scheduled
 * as buffers of their own and moved to their places afterwards.
 */
export function lowerInner(
  request: InnerRequest,
  resources: Resources,
): InnerStatements | undefined {
  return resources.attempt(() => new InnerLowering(request, resources).statements());
}

/** An input of the inner graph: a buffer that stands for part of a view. */
interface BoundInput {
  readonly variable: Input;
  readonly buffer: Buffer;
  readonly view: StridedView;
}

class InnerLowering {
  readonly #request: InnerRequest;
  readonly #resources: Resources;
  readonly #places = new Map<Buffer, Place>();

  constructor(request: InnerRequest, resources: Resources) {
    this.#request = request;
    this.#resources = resources;
  }

  statements(): InnerStatements | undefined {
    const { graph, inputs: views, invariant = [] } = this.#request;
    const specialised = specialiseGraph(
      graph.inputs.map(asInput),
      graph.outputs.map(asVariable),
      views.map((view) => view.shape),
    );
    if (specialised === undefined) return undefined;
    const { nodes, outputs } = specialised;
    const inputs = specialised.inputs.map((x, i) => this.#bind(x, views[i]!));
    const fixed = new Set(specialised.inputs.filter((_, i) => invariant[i]));
    const { before, each, kept } = splitInvariant(fixed, nodes, outputs);
    const first = this.#scheduler(inputs, before, kept);
    if (!first.lower(before, false)) return undefined;
    const known = new Map(kept.map((x) => [x, inOwnBuffer(first, x)] as const));
    const second = this.#scheduler(inputs, each, outputs);
    for (const [x, lazy] of known) second.bind(x, lazy);
    if (!second.lower(each, false)) return undefined;
    const copies = this.#results(second, inputs, outputs);
    return { before: this.#finish(first), each: [...this.#finish(second), ...copies()] };
  }

  #bind(variable: Input, view: StridedView): BoundInput {
    const buffer = this.#resources.buffer(variable.dtype, view.shape, 'a');
    this.#places.set(buffer, placeOf(view));
    return { variable, buffer, view };
  }

  #scheduler(
    inputs: readonly BoundInput[],
    nodes: readonly Apply[],
    outputs: readonly Variable[],
  ): Scheduler {
    const made = new Scheduler(this.#resources, lowerInner, nodes, outputs);
    for (const { variable, buffer, view } of inputs)
      made.bind(variable, inMemory(buffer, knownShape(variable), 0, view.strides));
    return made;
  }

  /** Puts each output where it is wanted: computed there if nothing is lost, else copied at the end. */
  #results(
    scheduler: Scheduler,
    inputs: readonly BoundInput[],
    outputs: readonly Variable[],
  ): () => readonly Statement[] {
    const targets = this.#request.outputs;
    const lazies = outputs.map((y, j) => this.#inOwnMemory(scheduler, inputs, y, targets[j]!));
    const copies: (() => Statement)[] = [];
    outputs.forEach((_, j) => {
      const [lazy, target] = [lazies[j]!, targets[j]!];
      const from = lazy.view!;
      const input = inputs.find(({ buffer }) => buffer === from.buffer);
      if (input && isSameView(placedIn(input, lazy), target)) return;
      if (this.#mayReplace(scheduler, inputs, lazy, target)) {
        this.#places.set(from.buffer, placeOf(target));
      } else copies.push(() => copyOf(lazy, target));
    });
    return () =>
      relocate(
        copies.map((make) => make()),
        this.#places,
      );
  }

  /** An output in memory; not in that of an input which another output replaces. */
  #inOwnMemory(
    scheduler: Scheduler,
    inputs: readonly BoundInput[],
    y: Variable,
    wanted: StridedView,
  ): Lazy {
    const lazy = scheduler.inView(y);
    const input = inputs.find(({ buffer }) => buffer === lazy.view?.buffer);
    const targets = this.#request.outputs;
    const isReplaced = input && targets.some((target) => !areApart(target, input.view));
    if (!isReplaced || isSameView(placedIn(input, lazy), wanted)) return lazy;
    return scheduler.copied(y);
  }

  /** Whether a result can be computed in place of what overlaps `target`. */
  #mayReplace(
    scheduler: Scheduler,
    inputs: readonly BoundInput[],
    { shape, view }: Lazy,
    target: StridedView,
  ): boolean {
    const { buffer, offset, strides } = view!;
    const isWhole = this.#resources.sizes.get(buffer) === sizeOf(shape) && offset === 0;
    if (!isWhole || !isDense(shape, strides) || !isDense(shape, target.strides)) return false;
    if (this.#places.has(buffer) || !scheduler.makes(buffer)) return false;
    const overlaid = inputs.filter((input) => !areApart(target, input.view));
    return overlaid.every((input) =>
      scheduler.mayOverlay(buffer, input.buffer, isSameView(target, input.view)),
    );
  }

  #finish(scheduler: Scheduler): readonly Statement[] {
    const blocks = scheduler.steps.map((step) => block(statementsOf(step)));
    return relocate(blocks, this.#places);
  }
}

/** A view of an input's buffer, in the memory that the op names. */
function placedIn({ view }: BoundInput, lazy: Lazy): StridedView {
  const { offset, strides } = lazy.view!;
  return { ...view, shape: lazy.shape, strides, offset: view.offset + offset };
}

function placeOf({ buffer, offset, base }: StridedView): Place {
  return { buffer, shift: base === undefined ? i32(offset) : plus(base, offset) };
}

/** A value in a dense buffer that its own scheduler made. */
function inOwnBuffer(scheduler: Scheduler, x: Variable): Lazy {
  const lazy = scheduler.inView(x);
  const isOwn = lazy.view !== undefined && scheduler.makes(lazy.view.buffer);
  return isOwn && isDense(lazy.shape, lazy.view.strides) ? lazy : scheduler.copied(x);
}

function asInput(x: object): Input {
  if (x instanceof Input) return x;
  throw new TypeError('inner: the inputs of the graph are not input variables');
}

function asVariable(y: object): Variable {
  if (isVariable(y)) return y;
  throw new TypeError('inner: the outputs of the graph are not variables');
}

/** Copies a tensor to another place, element by element. */
function copyOf({ shape, at }: Lazy, target: StridedView): Statement {
  const counters = shape.map((_, axis) => index(`k${axis}`));
  const point = shape.map((size, axis): Value => (size === 1 ? i32(0) : counters[axis]!));
  const innermost = shape.findLastIndex((size) => size !== 1);
  const element: Statement = store(target.buffer, addressIn(target, point), at(point));
  return block([
    shape.reduceRight<Statement>(
      (body, size, axis) =>
        size === 1
          ? body
          : forLoop(counters[axis]!, i32(0), i32(size), [body], { vector: axis === innermost }),
      element,
    ),
  ]);
}
