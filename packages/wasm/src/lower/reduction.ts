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
  operandsOf,
  store,
} from '@cotangent/loops';
import type { Buffer, ReduceOp, Statement, Value } from '@cotangent/loops';
import { rowMajorStrides } from '@cotangent/tensor';
import type { Layout, Reduction, Root } from './group.ts';
import { sizeOf } from './lazy.ts';

/** How one reduction is computed in a nest. */
export interface ReductionPlan {
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

/** What a reduction begins with. */
export function identityOf({ local: { type } }: Root, { op }: Reduction): Value {
  return constantOf(type, identities[op]);
}

/** The plan of root `k`, if it is a reduction. */
export function planReduction(layout: Layout, k: number): ReductionPlan | undefined {
  const { reduction, local: accumulator, buffer } = layout.roots[k]!;
  if (reduction === undefined) return undefined;
  const { op } = reduction;
  const [value, isReduced] = [layout.values[k]!, layout.reduced[k]!];
  const depth = layout.sizes.length - [...isReduced].reverse().findIndex((is) => !is);
  const around = isReduced.every(Boolean) ? 0 : depth;
  const identity = constantOf(accumulator.type, identities[op]);
  const at = keptAddress(layout, isReduced);
  const inMemory = isReduced.slice(0, around).some(Boolean);
  const combined = inMemory ? binary(op, load(buffer, at), accumulator) : accumulator;
  const initialise = inMemory ? [fill(buffer, keptSize(layout, isReduced), identity)] : [];
  const write = store(buffer, at, combined);
  // The innermost axis is kept: each value goes to a place of its own, behind what it is made of.
  if (around === layout.sizes.length) {
    const step = [letIn(accumulator, value), write];
    return { initialise, depth: around, begin: [], step, finish: [] };
  }
  return {
    initialise,
    depth: around,
    begin: [letIn(accumulator, identity)],
    step: [accumulate(accumulator, op, value)],
    finish: [write],
  };
}

function keptSize({ sizes }: Layout, isReduced: readonly boolean[]): number {
  return sizeOf(sizes.filter((_, axis) => !isReduced[axis]));
}

function keptAddress({ sizes, counters }: Layout, isReduced: readonly boolean[]): Value {
  const kept = sizes.map((size, axis) => (isReduced[axis] ? 1 : size));
  const strides = rowMajorStrides(kept).map((stride, axis) => (isReduced[axis] ? 0 : stride));
  return addressOf(counters, strides, 0);
}

/** `count` elements of one value. */
export function fill(buffer: Buffer, count: number, value: Value): Statement {
  const k = index('k');
  return forLoop(k, i32(0), i32(count), [store(buffer, k, value)], { vector: true });
}

/** Operations of a body that strips are worth while for: with more, memory is not what is waited for. */
const cheapOperations = 12;

/**
 * Whether a nest only sums columns: every root but those kept in registers is reduced over the same loops,
 * not over the innermost, of expressions that cost little.
 */
export function isStrip({ roots, reduced, values, sizes }: Layout): boolean {
  const first = roots.findIndex(({ reduction }) => reduction !== undefined);
  const isReduced = reduced[first];
  if (isReduced === undefined || isReduced.at(-1) === true || !isReduced.some(Boolean))
    return false;
  if (sizes.at(-1)! < 8) return false;
  const isAlike = roots.every(({ reduction, isStored }, k) =>
    reduction === undefined ? !isStored : reduced[k]!.every((is, axis) => is === isReduced[axis]),
  );
  return isAlike && costOf(values) <= cheapOperations;
}

/** Operations in some values; elementary functions count as many. */
function costOf(values: readonly Value[]): number {
  const exact = new Set(['neg', 'abs', 'sqrt', 'floor', 'ceil', 'trunc', 'round']);
  const seen = new Set<Value>();
  let cost = 0;
  const stack = [...values];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (seen.has(x)) continue;
    seen.add(x);
    if (x.kind === 'unary') cost += exact.has(x.op) ? 1 : cheapOperations;
    if (x.kind === 'binary' || x.kind === 'select') cost++;
    if (x.kind !== 'load') stack.push(...operandsOf(x));
  }
  return cost;
}

/** Column sums with the columns as the vector loop and the rows within it: the sums stay in registers. */
export function strip(layout: Layout): readonly Statement[] {
  const { sizes, counters, roots, values, reduced } = layout;
  const isReduced = reduced[roots.findIndex(({ reduction }) => reduction !== undefined)]!;
  const sums = roots.flatMap((root, k) => (root.reduction === undefined ? [] : [k]));
  const step = roots.map(({ local, reduction }, k) =>
    reduction === undefined
      ? letIn(local, values[k]!)
      : accumulate(local, reduction.op, values[k]!),
  );
  const within = sizes.reduceRight<readonly Statement[]>(
    (body, size, axis) =>
      isReduced[axis] ? [forLoop(counters[axis]!, i32(0), i32(size), body)] : body,
    step,
  );
  const column: readonly Statement[] = [
    ...sums.map((k) => {
      const { local, reduction } = roots[k]!;
      return letIn(local, constantOf(local.type, identities[reduction!.op])); // sums are reductions
    }),
    ...within,
    ...sums.map((k) => store(roots[k]!.buffer, keptAddress(layout, isReduced), roots[k]!.local)),
  ];
  return sizes.reduceRight<readonly Statement[]>(
    (body, size, axis) =>
      isReduced[axis]
        ? body
        : [
            forLoop(counters[axis]!, i32(0), i32(size), body, {
              vector: axis === sizes.length - 1,
            }),
          ],
    column,
  );
}
