import {
  accumulate,
  addressOf,
  binary,
  constantOf,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  registerType,
  store,
} from '@cotangent/loops';
import type { Buffer, Index, Local, ReduceOp, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import { cutLoops } from './cut-loops.ts';
import { sizeOf } from './lazy.ts';

/** A reduction over some axes of a loop's domain. */
export interface Reduction {
  readonly op: ReduceOp;
  readonly axes: readonly number[];
}

/** A value that a loop computes for each point of its domain: stored, kept for others, or reduced. */
export interface Root {
  readonly local: Local;
  readonly value: Value;
  readonly buffer: Buffer;
  readonly reduction: Reduction | undefined;
  /** Read outside of its loop, so it must be in memory. Reductions always are. */
  isStored: boolean;
  /** Lies where the nest reads: stored when all values of the point are known. */
  isStoredLast: boolean;
}

// The same counters serve all loop nests, so that an expression can be built before its nest is chosen.
const counters: readonly Index[] = Array.from({ length: 32 }, (_, axis) => index(`i${axis}`));

/** The axes of a loop nest: those of the domain, or one for all of them. */
export function loopsOver(domain: readonly number[], isFlat: boolean): readonly number[] {
  return isFlat ? [sizeOf(domain)] : domain;
}

/** The point of a nest that its innermost statements are at; an axis of size 1 needs no loop. */
export function pointOf(loops: readonly number[]): readonly Value[] {
  return loops.map((size, axis) => (size === 1 ? i32(0) : counters[axis]!));
}

/**
 * One loop nest, with everything that is computed in it. Values that several later values need are
 * computed once and stay in registers; only what is read elsewhere is stored.
 */
export class Group {
  readonly loops: readonly number[];
  readonly isFlat: boolean;
  readonly roots: Root[] = [];

  /** @param isFlat - all axes are one loop: every operand is read at the same row-major position. */
  constructor(loops: readonly number[], isFlat: boolean) {
    this.loops = loops;
    this.isFlat = isFlat;
  }

  get point(): readonly Value[] {
    return pointOf(this.loops);
  }

  /** Adds a value; what it loads from this nest's own results at the same point, it takes from registers. */
  add(value: Value, buffer: Buffer, reduction?: Reduction): Root {
    const root: Root = {
      local: local(`v${this.roots.length}`, registerType[buffer.dtype]),
      value,
      buffer,
      reduction,
      isStored: reduction !== undefined,
      isStoredLast: false,
    };
    this.roots.push(root);
    return root;
  }

  /** The loop nest as statements. */
  statements(): readonly Statement[] {
    const plans = this.roots.map((root) => planReduction(root, this));
    const before = plans.flatMap((plan) => plan?.initialise ?? []);
    return cutLoops([...before, ...this.#nest(0, plans)]);
  }

  #nest(depth: number, plans: readonly (ReductionPlan | undefined)[]): readonly Statement[] {
    const here = plans.filter((plan) => plan?.depth === depth);
    const inner =
      depth === this.loops.length
        ? this.#body(plans)
        : this.#loop(depth, this.#nest(depth + 1, plans));
    return [
      ...here.flatMap((plan) => plan!.begin),
      ...inner,
      ...here.flatMap((plan) => plan!.finish),
    ];
  }

  #loop(depth: number, body: readonly Statement[]): readonly Statement[] {
    const size = this.loops[depth]!;
    if (size === 1) return body;
    const isInnermost = this.loops.slice(depth + 1).every((n) => n === 1);
    return [forLoop(counters[depth]!, i32(0), i32(size), body, { vector: isInnermost })];
  }

  #body(plans: readonly (ReductionPlan | undefined)[]): readonly Statement[] {
    const strides = rowMajorStrides(this.loops);
    const last: Statement[] = [];
    const first = this.roots.flatMap((root, k): readonly Statement[] => {
      const plan = plans[k];
      if (plan !== undefined) return plan.step;
      const bind = letIn(root.local, root.value);
      if (!root.isStored) return [bind];
      const write = store(root.buffer, addressOf(this.point, strides, 0), root.local);
      if (!root.isStoredLast) return [bind, write];
      last.push(write);
      return [bind];
    });
    return [...first, ...last];
  }
}

/** How one reduction is computed in a nest. */
interface ReductionPlan {
  /** Before the nest: results that are accumulated in memory start at the identity. */
  readonly initialise: readonly Statement[];
  /** The loop that the accumulator lives around, counted from the outside. */
  readonly depth: number;
  readonly begin: readonly Statement[];
  readonly step: readonly Statement[];
  readonly finish: readonly Statement[];
}

const identities: { readonly [R in ReduceOp]: number } = {
  add: 0,
  mul: 1,
  min: Infinity,
  max: -Infinity,
};

function planReduction(root: Root, group: Group): ReductionPlan | undefined {
  const { reduction, local: accumulator, buffer } = root;
  const domain = group.loops;
  if (reduction === undefined) return undefined;
  const { op } = reduction;
  const axes = group.isFlat ? [0] : reduction.axes;
  const isReduced = domain.map((_, axis) => axes.includes(axis));
  const trailing = domain.length - [...isReduced].reverse().findIndex((is) => !is);
  const depth = isReduced.every(Boolean) ? 0 : trailing;
  const identity = constantOf(accumulator.type, identities[op]);
  const at = keptAddress(group, isReduced);
  const inMemory = isReduced.slice(0, depth).some(Boolean);
  const combined = inMemory ? binary(op, load(buffer, at), accumulator) : accumulator;
  const initialise = inMemory ? [fill(buffer, keptSize(domain, isReduced), identity)] : [];
  const write = store(buffer, at, combined);
  // The innermost axis is kept: each value goes to a place of its own, behind what it is made of.
  if (depth === domain.length) {
    const step = [letIn(accumulator, root.value), write];
    return { initialise, depth, begin: [], step, finish: [] };
  }
  return {
    initialise,
    depth,
    begin: [letIn(accumulator, identity)],
    step: [accumulate(accumulator, op, root.value)],
    finish: [write],
  };
}

function keptSize(domain: readonly number[], isReduced: readonly boolean[]): number {
  return sizeOf(domain.filter((_, axis) => !isReduced[axis]));
}

function keptAddress(group: Group, isReduced: readonly boolean[]): Value {
  const kept = group.loops.map((size, axis) => (isReduced[axis] ? 1 : size));
  const strides = rowMajorStrides(kept).map((stride, axis) => (isReduced[axis] ? 0 : stride));
  return addressOf(group.point, strides, 0);
}

function fill(buffer: Buffer, count: number, value: Value): Statement {
  const k = index('k');
  return forLoop(k, i32(0), i32(count), [store(buffer, k, value)], { vector: true });
}
