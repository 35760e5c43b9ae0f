import {
  asVariable,
  isKnownShape,
  provablySameShape,
  rebuild,
  shapeSourceOf,
} from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import {
  asShapeVector,
  concatenate,
  expandDims,
  logSumExp,
  matmul,
  max,
  min,
  pickLabel,
  prod,
  reshape,
  shape,
  shapeAt,
  size,
  add,
  squeeze,
  sum,
  transpose,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { axesOf, entriesOf, keepsDims, nodeOf, setOf } from './facts.ts';

/** shapes from the shapes of inputs, and views of views as one view. */
export function shapeRewrites(): readonly NodeRewrite[] {
  return [
    shapeOfSource(),
    sizeOfAxis(),
    shapeFromSizes(),
    composeTransposes(),
    transposeOutwards(),
    reshapeOfReshape(),
    uselessReshape(),
    reshapeOfUnits(),
  ];
}

/** the shape of what certainly has the shape of something earlier is the shape of that. */
function shapeOfSource(): NodeRewrite {
  return {
    name: 'shape-of-source',
    soundness: 'exact',
    ops: [shape.op, shapeAt.op, size.op],
    apply: (node) => {
      const x = node.inputs[0]!;
      const source = shapeSourceOf(x);
      return source === x ? undefined : rebuild(node, [source]).outputs;
    },
  };
}

/** one size of a result from the sizes of the inputs. */
function sizeOfAxis(): NodeRewrite {
  return {
    name: 'size-of-axis',
    soundness: 'exact',
    ops: [shapeAt.op],
    apply: ({ inputs: [x], attrs }) => {
      const axis = 'axis' in attrs ? Number(attrs.axis) : 0;
      const found = x?.kind === 'result' ? sizeAlong(x.owner, axis) : undefined;
      return found && [found];
    },
  };
}

const reductions = /* @__PURE__ */ setOf(sum, prod, max, min, logSumExp);

/** The size of an axis of the result of a node, without that result. */
function sizeAlong(node: Apply, axis: number): Variable | undefined {
  const { op, inputs } = node;
  const x = inputs[0]!;
  if (op === transpose.op) {
    const entry = entriesOf(node)[axis];
    return typeof entry === 'number' ? shapeAt(x, entry) : asVariable(1);
  }
  if (op === matmul.op) {
    const rank = node.outputs[0]!.rank;
    if (axis === rank - 1) return shapeAt(inputs[1]!, -1);
    return axis === rank - 2 ? shapeAt(x, -2) : undefined;
  }
  if (op === concatenate.op) return joinedSize(node, axis);
  if (op === pickLabel.op) return shapeAt(inputs[1]!, axis);
  return reductions.has(op) ? shapeAt(x, axisBefore(node, axis)) : undefined;
}

function joinedSize({ inputs, attrs }: Apply, axis: number): Variable {
  const isJoined = 'axis' in attrs && attrs.axis === axis;
  if (!isJoined) return shapeAt(inputs[0]!, axis);
  return inputs.map((x): Variable => shapeAt(x, axis)).reduce((total, n) => add(total, n));
}

/** The axis of the input that an axis of the result of a reduction was; if it was reduced, its size is 1. */
function axisBefore(node: Apply, axis: number): number {
  if (keepsDims(node)) return axis; // a kept axis of size 1 is known to be
  const axes = axesOf(node);
  const left = Array.from({ length: node.inputs[0]!.rank }, (_, k) => k).filter(
    (k) => !axes.includes(k),
  );
  return left[axis]!;
}

/** the shape of a result, size by size. */
function shapeFromSizes(): NodeRewrite {
  return {
    name: 'shape-from-sizes',
    soundness: 'exact',
    ops: [shape.op],
    apply: ({ inputs: [x] }) => {
      if (x?.kind !== 'result' || x.rank === 0) return undefined;
      const { owner } = x;
      const sizes = x.shape.map((n, axis) => n ?? sizeAlong(owner, axis));
      const known = sizes.filter((n) => n !== undefined);
      return known.length < x.rank ? undefined : [asShapeVector(known, 'shape')];
    },
  };
}

/** two permutations of axes are one. */
function composeTransposes(): NodeRewrite {
  return {
    name: 'compose-transposes',
    soundness: 'exact',
    ops: [transpose.op],
    apply: (node) => {
      const inner = nodeOf(node.inputs[0], transpose);
      if (inner === undefined) return undefined;
      const x = inner.inputs[0]!;
      const [first, second] = [entriesOf(inner), entriesOf(node)];
      // An axis that the second drops and the first added is not there; one of x is checked to have size 1.
      const whole = second.map((entry) => (entry === 'x' ? entry : first[entry]!));
      const isIdentity = whole.length === x.rank && whole.every((entry, k) => entry === k);
      return [isIdentity ? x : transpose(x, whole)];
    },
  };
}

/** f(xᵀ) = f(x)ᵀ for an op of one input that acts on each element, if nothing else uses xᵀ. */
function transposeOutwards(): NodeRewrite {
  return {
    name: 'transpose-outwards',
    soundness: 'exact',
    apply: (node, { uses }) => {
      if (node.op.elementwise === undefined || node.inputs.length !== 1) return undefined;
      const inner = nodeOf(node.inputs[0], transpose);
      if (inner === undefined || uses(node.inputs[0]!) > 1) return undefined;
      const moved = rebuild(node, inner.inputs).outputs[0]!;
      return rebuild(inner, [moved]).outputs;
    },
  };
}

/** of two reshapes the last one counts. */
function reshapeOfReshape(): NodeRewrite {
  return {
    name: 'reshape-of-reshape',
    soundness: 'exact',
    ops: [reshape.op],
    apply: (node) => {
      const inner = nodeOf(node.inputs[0], reshape);
      // With a size of −1 in the outer one both ask for the same number of elements.
      return inner && rebuild(node, [inner.inputs[0]!, node.inputs[1]!]).outputs;
    },
  };
}

/** a reshape to the shape that is there already. */
function uselessReshape(): NodeRewrite {
  return {
    name: 'useless-reshape',
    soundness: 'exact',
    ops: [reshape.op],
    apply: ({ inputs: [x, sizes] }) => {
      const owner = nodeOf(sizes, shape)?.inputs[0];
      if (owner !== undefined) return provablySameShape(owner, x!) ? [x!] : undefined;
      if (sizes?.kind !== 'constant' || !isKnownShape(x!.shape)) return undefined;
      const wanted = Array.from({ length: sizes.value.size }, (_, k) => sizes.value.get(k));
      return wanted.join() === x!.shape.join() ? [x!] : undefined;
    },
  };
}

/** a reshape that only adds or drops axes of size 1. */
function reshapeOfUnits(): NodeRewrite {
  return {
    name: 'reshape-of-units',
    soundness: 'exact',
    ops: [reshape.op],
    apply: ({ inputs: [x], outputs: [y] }) => {
      const [from, to] = [x!.shape, y!.shape];
      if (!isKnownShape(from) || !isKnownShape(to)) return undefined;
      if (from.filter((n) => n !== 1).join() !== to.filter((n) => n !== 1).join()) return undefined;
      if (from.length === to.length) return undefined;
      const narrow = squeeze(x!);
      const added = to.flatMap((n, axis) => (n === 1 ? [axis] : []));
      return [added.length === 0 ? narrow : expandDims(narrow, added)];
    },
  };
}
