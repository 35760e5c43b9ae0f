import { contiguous, sizeOf, tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { broadcastTo, cast, shape, shapeAt, size, sumTo, transpose } from '@cotangent/ops';
import { Constant, isKnownShape, mergeEqual, provablySameShape, sameShape } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { isFoldable } from './foldable.ts';
import { innerPass } from './inner-passes.ts';
import { evaluateNode } from './reference.ts';
import { nodePass, repeated } from './rewrite.ts';
import type { NodeRewrite, Pass } from './rewrite.ts';

/** The rewrites that `compile` runs by default. All are exact. */
export function defaultPasses(): readonly Pass[] {
  const passes: readonly Pass[] = [
    repeated('canonicalise', [simplifyPass(), mergeEqualPass, innerPass(() => passes)]),
  ];
  return passes;
}

/** The default rewrites of single nodes. */
export function simplifyPass(): Pass {
  return nodePass('simplify', [
    removeView,
    removeCast(),
    removeBroadcast(),
    removeTranspose(),
    knownShape(),
    foldConstants(),
  ]);
}

/** view(x, …) = x: ops that only change derivatives are done when there is nothing left to derive. */
export const removeView: NodeRewrite = {
  name: 'remove-view',
  soundness: 'exact',
  apply: ({ op, inputs }) => (op.view === true ? inputs.slice(0, 1) : undefined),
};

/** cast(x, dtype of x) = x. */
export function removeCast(): NodeRewrite {
  return {
    name: 'remove-cast',
    soundness: 'exact',
    ops: [cast.op],
    apply: ({ inputs, outputs }) => (inputs[0]?.dtype === outputs[0]?.dtype ? inputs : undefined),
  };
}

/** broadcastTo(x, shape of x) = sumTo(x, shape of x) = x. */
export function removeBroadcast(): NodeRewrite {
  return {
    name: 'remove-broadcast',
    soundness: 'exact',
    ops: [broadcastTo.op, sumTo.op],
    apply: ({ inputs: [x, sizes] }) =>
      x !== undefined && sizes !== undefined && isShapeOf(sizes, x) ? [x] : undefined,
  };
}

/**
 * Whether a vector of sizes is certainly the shape of `x`. The static shape of the result would not tell:
 * it may rest on the very check that the op makes at run time.
 */
function isShapeOf(sizes: Variable, x: Variable): boolean {
  if (sizes.kind === 'constant') {
    return isKnownShape(x.shape) && sameShape(x.shape, elements(sizes.value));
  }
  if (sizes.kind !== 'result' || sizes.owner.op !== shape.op) return false;
  return provablySameShape(sizes.owner.inputs[0]!, x);
}

function elements(vector: Tensor): readonly number[] {
  return Array.from({ length: vector.size }, (_, i) => vector.get(i));
}

/** transpose(transpose(x)) = x where the second one undoes the first. */
export function removeTranspose(): NodeRewrite {
  return {
    name: 'remove-transpose',
    soundness: 'exact',
    ops: [transpose.op],
    apply: ({ inputs: [inner], attrs }) => {
      if (inner?.kind !== 'result' || inner.owner.op !== transpose.op) return undefined;
      const x = inner.owner.inputs[0]!;
      const first = axesOf(inner.owner.attrs);
      // Axis k of the whole is axis first[second[k]] of x, or a new one.
      const whole = axesOf(attrs).map((axis) => (typeof axis === 'number' ? first[axis] : axis));
      const isIdentity = whole.length === x.rank && whole.every((axis, k) => axis === k);
      return isIdentity ? [x] : undefined;
    },
  };
}

function axesOf(attrs: object): readonly unknown[] {
  return 'axes' in attrs && Array.isArray(attrs.axes) ? attrs.axes : [];
}

/** Shape, one size or number of elements of x, where they are known. The elements of x need not be computed. */
export function knownShape(): NodeRewrite {
  return {
    name: 'known-shape',
    soundness: 'exact',
    ops: [shape.op, shapeAt.op, size.op],
    apply: ({ op, inputs, attrs, outputs: [y] }) => {
      const sizes = inputs[0]?.shape;
      if (y === undefined || sizes === undefined) return undefined;
      const known = op === shapeAt.op ? sizes.slice(axisOf(attrs), axisOf(attrs) + 1) : sizes;
      if (!isKnownShape(known)) return undefined;
      const value = op === shape.op ? Int32Array.from(known) : sizeOf(known);
      return [new Constant(y.type, tensorFrom(value, { dtype: 'int32' }), y.name)];
    },
  };
}

function axisOf(attrs: object): number {
  return 'axis' in attrs && typeof attrs.axis === 'number' ? attrs.axis : 0;
}

/**
 * f(constants) = its value, up to `mostElements` elements for each result, if engines agree on its bits. A node whose
 * evaluation fails is left, so that the error arises where the function is called.
 */
export function foldConstants(mostElements = 1024): NodeRewrite {
  return {
    name: 'fold-constants',
    soundness: 'exact',
    apply: (node) => {
      const isKnown = node.inputs.every((x) => x.kind === 'constant');
      if (!isKnown || node.op.effect === true || !isFoldable(node)) return undefined;
      const isSmall = node.outputs.every(
        (y) => isKnownShape(y.shape) && sizeOf(y.shape) <= mostElements,
      );
      return isSmall ? constantsOf(node) : undefined;
    },
  };
}

function constantsOf(apply: Apply): readonly Constant[] | undefined {
  const xs = apply.inputs.flatMap((x) => (x.kind === 'constant' ? [x.value] : []));
  const types = apply.outputs.map((y) => y.type);
  try {
    const ys = evaluateNode({ apply, inputs: [], outputs: [], types, released: [] }, xs);
    return ys.map((y, i) => new Constant(types[i]!, contiguous(y), apply.outputs[i]!.name));
  } catch {
    return undefined;
  }
}

/** Of equal nodes and of equal constants only one remains. */
export const mergeEqualPass: Pass = {
  name: 'merge-equal',
  run: (outputs, log) => {
    let count = 0;
    const merged = mergeEqual(outputs, { onMerge: () => count++ });
    if (count > 0) log.record({ name: 'merge-equal', soundness: 'exact' }, 'merged', count);
    return merged;
  },
};
