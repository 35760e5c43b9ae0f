import { addressOf, binary, forLoop, i32, index, letIn, load, local } from '@cotangent/loops';
import { registerType, store } from '@cotangent/loops';
import type { Buffer, Index, Local, ReduceOp, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import { cutLoops } from './cut-loops.ts';
import { collapse } from './nest.ts';
import { identityOf, isStrip, planReduction, strip } from './reduction.ts';
import type { ReductionPlan } from './reduction.ts';

/** A reduction over some loops of a nest. */
export interface Reduction {
  readonly op: ReduceOp;
  readonly axes: readonly number[];
}

/** A change of parts of a buffer that is made before the nest runs or by `prepare`. */
export interface Update {
  /** Which element of the buffer each point of the nest changes. */
  readonly at: Value;
  /** The value is added to what is there, or takes its place. */
  readonly mode: 'add' | 'set';
  /** Before the nest. */
  readonly prepare: readonly Statement[];
}

/** A value that a loop computes for each point of its domain: stored, kept for others, or reduced. */
export interface Root {
  readonly local: Local;
  readonly value: Value;
  readonly buffer: Buffer;
  readonly reduction: Reduction | undefined;
  readonly update: Update | undefined;
  /** Read outside of its loop, so it must be in memory. Reductions and updates always are. */
  isStored: boolean;
  /** Lies where the nest reads: stored when all values of the point are known. */
  isStoredLast: boolean;
}

// The same counters serve all loop nests, so that an expression can be built before its nest is chosen.
const counters: readonly Index[] = Array.from({ length: 32 }, (_, axis) => index(`i${axis}`));

/** The loops over a domain: one for each axis that is not of size 1. */
export function loopsOver(domain: readonly number[]): readonly number[] {
  return domain.filter((size) => size !== 1);
}

/** The indices, one for each axis of a domain, that the innermost statements of its nest are at. */
export function pointOf(domain: readonly number[]): readonly Value[] {
  let loop = 0;
  return domain.map((size) => (size === 1 ? i32(0) : counters[loop++]!));
}

/** The row-major position of the point that the innermost statements are at. */
export function positionIn(loops: readonly number[]): Value {
  return addressOf(counters.slice(0, loops.length), rowMajorStrides(loops), 0);
}

/** One loop nest as it is laid out: its loops, and for each root its value and how it is reduced. */
export interface Layout {
  readonly sizes: readonly number[];
  readonly counters: readonly Index[];
  readonly roots: readonly Root[];
  readonly values: readonly Value[];
  /** For each root where it is stored, if it is. */
  readonly positions: readonly Value[];
  /** For each root which loops it is reduced over. */
  readonly reduced: readonly (readonly boolean[])[];
}

/**
 * One loop nest, with everything that is computed in it. Values that several later values need are
 * computed once and stay in registers; only what is read elsewhere is stored.
 */
export class Group {
  readonly loops: readonly number[];
  readonly roots: Root[] = [];

  constructor(loops: readonly number[]) {
    this.loops = loops;
  }

  /** Adds a value; what it loads from this nest's own results at the same point, it takes from registers. */
  add(value: Value, buffer: Buffer, more: Partial<Pick<Root, 'reduction' | 'update'>> = {}): Root {
    const { reduction, update } = more;
    const root: Root = {
      local: local(`v${this.roots.length}`, registerType[buffer.dtype]),
      value,
      buffer,
      reduction,
      update,
      isStored: reduction !== undefined || update !== undefined,
      isStoredLast: false,
    };
    this.roots.push(root);
    return root;
  }

  /** The loop nest as statements. */
  statements(): readonly Statement[] {
    const layout = this.#layout();
    const prepared = this.roots.flatMap(({ update }) => update?.prepare ?? []);
    if (isStrip(layout)) return [...prepared, ...cutLoops(strip(layout))];
    const plans = layout.roots.map((_, k) => planReduction(layout, k));
    const before = plans.flatMap((plan) => plan?.initialise ?? []);
    return [...prepared, ...before, ...cutLoops(nestOf(layout, plans, 0))];
  }

  /** What is to be done before parts: sums over all of them are kept in memory. */
  beforeParts(): readonly Statement[] {
    return this.roots.flatMap((root) =>
      root.reduction ? store(root.buffer, i32(0), identityOf(root, root.reduction)) : [],
    );
  }

  /** A loop that is alone, with no updates, over a part of its range. */
  part(from: Value, to: Value): readonly Statement[] {
    const layout = this.#layout();
    const plans = layout.roots.map((_, k) => planReduction(layout, k));
    const sums = this.roots.flatMap(({ reduction, local: sum, buffer }) =>
      reduction ? store(buffer, i32(0), binary(reduction.op, load(buffer, i32(0)), sum)) : [],
    );
    const vector = { vector: true };
    return [
      ...plans.flatMap((plan) => plan?.begin ?? []),
      forLoop(layout.counters[0]!, from, to, bodyOf(layout, plans), vector),
      ...sums,
    ];
  }

  /** The nest with neighbouring loops made one where that changes nothing. */
  #layout(): Layout {
    const { loops, roots } = this;
    const nest = { sizes: loops, counters: counters.slice(0, loops.length) };
    const notReduced = loops.map(() => false);
    const reduced = roots.map(({ reduction }) =>
      reduction === undefined ? notReduced : loops.map((_, axis) => reduction.axes.includes(axis)),
    );
    const alike = (a: number, b: number): boolean => reduced.every((is) => is[a] === is[b]);
    const values = roots.map(({ value }) => value);
    const updated = roots.flatMap(({ update }) => update?.at ?? []);
    const { axes, value, position } = collapse(nest, values, updated, alike);
    const sizes = axes.map((axis, k) => {
      const first = k === 0 ? 0 : axes[k - 1]! + 1;
      return loops.slice(first, axis + 1).reduce((product, size) => product * size, 1);
    });
    const kept = axes.map((axis) => counters[axis]!);
    const notReducedNow = axes.map(() => false);
    const here = addressOf(kept, rowMajorStrides(sizes), 0);
    return {
      sizes,
      counters: kept,
      roots,
      values: values.map(value),
      positions: roots.map(({ update }) => (update === undefined ? here : position(update.at))),
      reduced: reduced.map((is) =>
        is === notReduced ? notReducedNow : axes.map((axis) => is[axis]!),
      ),
    };
  }
}

function nestOf(
  layout: Layout,
  plans: readonly (ReductionPlan | undefined)[],
  depth: number,
): readonly Statement[] {
  const { sizes, counters: names } = layout;
  const here = plans.flatMap((plan) => (plan?.depth === depth ? plan : []));
  const inner =
    depth === sizes.length
      ? bodyOf(layout, plans)
      : [
          forLoop(names[depth]!, i32(0), i32(sizes[depth]!), nestOf(layout, plans, depth + 1), {
            vector: depth === sizes.length - 1,
          }),
        ];
  return [...here.flatMap((plan) => plan.begin), ...inner, ...here.flatMap((plan) => plan.finish)];
}

function bodyOf(
  { roots, values, positions }: Layout,
  plans: readonly (ReductionPlan | undefined)[],
): readonly Statement[] {
  const first: Statement[] = [];
  const last: Statement[] = [];
  for (let k = 0; k < roots.length; k++) {
    const root = roots[k]!;
    const plan = plans[k];
    if (plan !== undefined) {
      first.push(...plan.step);
      continue;
    }
    first.push(letIn(root.local, values[k]!));
    if (root.isStored) (root.isStoredLast ? last : first).push(storeOf(root, positions[k]!));
  }
  return [...first, ...last];
}

function storeOf({ buffer, local: value, update }: Root, at: Value): Statement {
  if (update?.mode !== 'add') return store(buffer, at, value);
  return store(buffer, at, binary('add', load(buffer, at), value));
}
