import { isFloat } from '@cotangent/tensor';
import { isKnownShape, provablySameShape, rebuild } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { add, addSlice, broadcastTo, concatenate, setSlice, slice } from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { isZero, nodeOf } from './facts.ts';

/** parts of what is known part by part, and updates of what is read or written again. */
export function sliceRewrites(): readonly NodeRewrite[] {
  return [
    sliceOfScalar(),
    sliceOfJoined(),
    sliceOfElementwise(),
    readAfterWrite(),
    writeAfterWrite(),
    addIntoZeros(),
    plusUpdateOfZeros(),
  ];
}

/** a part of a repeated scalar. */
function sliceOfScalar(): NodeRewrite {
  return {
    name: 'slice-of-repeated',
    soundness: 'exact',
    ops: [slice.op],
    apply: ({ inputs: [x, ...bounds], outputs: [y] }) => {
      const inner = nodeOf(x, broadcastTo)?.inputs[0];
      const isStatic = isKnownShape(x!.shape) && bounds.length === 0; // the index was checked
      if (inner?.rank !== 0 || !isStatic || !isKnownShape(y!.shape)) return undefined;
      return [y!.rank === 0 ? inner : broadcastTo(inner, y!.shape)];
    },
  };
}

/** a part of joined tensors that lies within one of them. */
function sliceOfJoined(): NodeRewrite {
  return {
    name: 'slice-of-joined',
    soundness: 'exact',
    ops: [slice.op],
    apply: (node) => {
      const joined = nodeOf(node.inputs[0], concatenate);
      if (joined === undefined || node.inputs.length > 1) return undefined;
      const axis = 'axis' in joined.attrs ? Number(joined.attrs.axis) : 0;
      const items = itemsOf(node);
      const place = items.findIndex((_, k) => isAxis(items, k, axis));
      const range =
        place < 0 ? undefined : rangeOf(items[place]!, joined.outputs[0]!.shape[axis] ?? null);
      const part = range && partWith(joined, axis, range);
      if (part === undefined) return undefined;
      return [
        slice(
          part.x,
          items.map((item, k) => (k === place ? shifted(item, range!, part.start) : entryOf(item))),
        ),
      ];
    },
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** An item of a slice with numbers only. */
type Item =
  | { readonly kind: 'newaxis' }
  | { readonly kind: 'index'; readonly at: number }
  | {
      readonly kind: 'range';
      readonly start: number | null;
      readonly stop: number | null;
      readonly step: number | null;
    };

type Entry =
  | number
  | 'newaxis'
  | { readonly start?: number; readonly stop?: number; readonly step?: number };

/** The items of a slice without symbolic bounds. */
function itemsOf({ attrs }: Apply): readonly Item[] {
  // The attributes of a slice node are its items; without inputs for bounds they hold numbers only.
  return 'items' in attrs ? (attrs.items as readonly Item[]) : [];
}

function isAxis(items: readonly Item[], k: number, axis: number): boolean {
  const before = items.slice(0, k).filter(({ kind }) => kind !== 'newaxis').length;
  return items[k]!.kind !== 'newaxis' && before === axis;
}

/** The entries that an item takes, if they are consecutive and known. */
function rangeOf(item: Item, length: number | null): Range | undefined {
  if (length === null || item.kind === 'newaxis') return undefined;
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  if (item.kind === 'index') {
    const at = item.at < 0 ? item.at + length : item.at;
    return { from: at, to: at + 1 };
  }
  if ((item.step ?? 1) !== 1) return undefined;
  const range = { from: clamp(item.start ?? 0), to: clamp(item.stop ?? length) };
  return range.to > range.from ? range : undefined;
}

function partWith(
  joined: Apply,
  axis: number,
  { from, to }: Range,
): { readonly x: Variable; readonly start: number } | undefined {
  let start = 0;
  for (const x of joined.inputs) {
    const n = x.shape[axis] ?? null;
    if (n === null) return undefined;
    if (from >= start && to <= start + n) return { x, start };
    start += n;
  }
  return undefined;
}

function shifted(item: Item, { from, to }: Range, start: number): Entry {
  return item.kind === 'index' ? from - start : { start: from - start, stop: to - start };
}

function entryOf(item: Item): Entry {
  if (item.kind === 'newaxis') return 'newaxis';
  if (item.kind === 'index') return item.at;
  const { start, stop, step } = item;
  return {
    ...(start !== null && { start }),
    ...(stop !== null && { stop }),
    ...(step !== null && { step }),
  };
}

/** a part of an elementwise result that serves nothing else: the rest need not be computed. */
function sliceOfElementwise(): NodeRewrite {
  return {
    name: 'slice-of-elementwise',
    soundness: 'exact',
    ops: [slice.op],
    apply: (node, { uses }) => {
      const y = node.inputs[0]!;
      if (y.kind !== 'result' || y.owner.op.elementwise === undefined || uses(y) > 1)
        return undefined;
      const { owner } = y;
      if (!owner.inputs.every((x) => x.rank === 0 || provablySameShape(x, y))) return undefined;
      const bounds = node.inputs.slice(1);
      const part = (x: Variable): Variable =>
        x.rank === 0 ? x : rebuild(node, [x, ...bounds]).outputs[0]!;
      if (owner.inputs.every((x) => x.rank === 0)) return undefined;
      return rebuild(owner, owner.inputs.map(part)).outputs;
    },
  };
}

/** Whether two nodes name the same part. */
function samePart(a: Apply, firstA: number, b: Apply, firstB: number): boolean {
  const [boundsA, boundsB] = [a.inputs.slice(firstA), b.inputs.slice(firstB)];
  const sameBounds = boundsA.length === boundsB.length && boundsA.every((x, i) => x === boundsB[i]);
  return sameBounds && JSON.stringify(itemsOf(a)) === JSON.stringify(itemsOf(b));
}

/** what is read where it was just written is what was written. */
function readAfterWrite(): NodeRewrite {
  return {
    name: 'read-after-write',
    soundness: 'exact',
    ops: [slice.op],
    apply: (node) => {
      const write = nodeOf(node.inputs[0], setSlice);
      if (write === undefined || !samePart(node, 1, write, 2)) return undefined;
      const [v, y] = [write.inputs[1]!, node.outputs[0]!];
      if (provablySameShape(v, y)) return [v];
      return isKnownShape(y.shape) ? [broadcastTo(v, y.shape)] : undefined;
    },
  };
}

/** what is written and then written over need not be written. */
function writeAfterWrite(): NodeRewrite {
  return {
    name: 'write-after-write',
    soundness: 'exact',
    ops: [setSlice.op],
    apply: (node) => {
      const first = nodeOf(node.inputs[0], setSlice);
      if (first === undefined || !samePart(node, 2, first, 2)) return undefined;
      return rebuild(node, node.inputs.with(0, first.inputs[0]!)).outputs;
    },
  };
}

/** what is added to zeros is set. */
function addIntoZeros(): NodeRewrite {
  return {
    name: 'add-into-zeros',
    soundness: 'exact',
    ops: [addSlice.op],
    apply: (node) => {
      const [x, v, ...bounds] = node.inputs;
      if (!isZero(x!) || bounds.length > 0) return undefined;
      return [setSlice(x!, v!, itemsOf(node).map(entryOf))];
    },
  };
}

/** x + (zeros with v at a part) = x with v added there. */
function plusUpdateOfZeros(): NodeRewrite {
  return {
    name: 'plus-update-of-zeros',
    soundness: 'exact',
    ops: [add.op],
    apply: (node, { uses }) => {
      const [a, b] = [node.inputs[0]!, node.inputs[1]!];
      const found = updated(a, b, uses) ?? updated(b, a, uses);
      return found && isFloat(found.dtype) ? [found] : undefined;
    },
  };
}

function updated(x: Variable, u: Variable, uses: (x: Variable) => number): Variable | undefined {
  const node = nodeOf(u, setSlice) ?? nodeOf(u, addSlice);
  if (node === undefined || node.inputs.length > 2 || uses(u) > 1) return undefined;
  const [zeros, v] = [node.inputs[0]!, node.inputs[1]!];
  if (!isZero(zeros) || x.dtype !== u.dtype || !provablySameShape(x, u)) return undefined;
  // Of two such updates neither is better; the zeros are then needed once.
  return addSlice(x, v, itemsOf(node).map(entryOf));
}
