import { constant, isKnownShape } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import {
  broadcastTo,
  castTo,
  ge,
  gt,
  lt,
  maximum,
  minimum,
  second,
  shape,
  shapeAt,
  size,
  where,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { filledWith, nodeOf, sameTypeSurely } from './facts.ts';
import { rewrite } from './pattern.ts';

/** C-12, C-13: choices that are none. */
export function selectionRewrites(): readonly NodeRewrite[] {
  return [
    rewrite('equal-branches', {
      forAll: ['c', 'x'],
      from: ({ c, x }) => where(c, x, x),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('chosen-before-first', {
      forAll: ['c', 'x', 'y', 'z'],
      from: ({ c, x, y, z }) => where(c, where(c, x, y), z),
      to: ({ c, x, z }) => where(c, x, z),
      soundness: 'exact',
    }),
    rewrite('chosen-before-second', {
      forAll: ['c', 'x', 'y', 'z'],
      from: ({ c, x, y, z }) => where(c, x, where(c, y, z)),
      to: ({ c, x, z }) => where(c, x, z),
      soundness: 'exact',
    }),
    constantCondition(),
    rewrite('maximum-of-itself', {
      forAll: ['x'],
      from: ({ x }) => maximum(x, x),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('minimum-of-itself', {
      forAll: ['x'],
      from: ({ x }) => minimum(x, x),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    lessThanItself(),
    comparedSizes(),
  ];
}

/** where(true, x, y) = x, where(false, x, y) = y. */
function constantCondition(): NodeRewrite {
  return {
    name: 'constant-condition',
    soundness: 'exact',
    ops: [where.op],
    apply: ({ inputs: [c, x, y], outputs: [z] }) => {
      const chosen = filledWith(c!);
      if (chosen === undefined) return undefined;
      const taken = castTo(chosen === 0 ? y! : x!, z!.dtype); // NaN counts as true
      if (sameTypeSurely(taken, z!)) return [taken];
      if (!isKnownShape(z!.shape) || taken.type.weak !== z!.type.weak) return undefined;
      return [broadcastTo(taken, z!.shape)];
    },
  };
}

/** C-13: x < x and x > x are false, for NaN too. */
function lessThanItself(): NodeRewrite {
  return {
    name: 'less-than-itself',
    soundness: 'exact',
    ops: [lt.op, gt.op],
    apply: ({ inputs: [x, y], outputs: [z] }) => (x === y ? truth(false, x!, z!) : undefined),
  };
}

/** C-13: sizes are ≥ 0. */
function comparedSizes(): NodeRewrite {
  return {
    name: 'sizes-are-not-negative',
    soundness: 'exact',
    ops: [ge.op, lt.op],
    apply: ({ op, inputs: [x, zero], outputs: [z] }) =>
      isSize(x!) && zero?.rank === 0 && filledWith(zero) === 0
        ? truth(op === ge.op, x!, z!)
        : undefined,
  };
}

function isSize(x: Variable): boolean {
  return [shape, shapeAt, size].some((maker) => nodeOf(x, maker) !== undefined);
}

/** A truth value in the shape of `x`, which is that of `z`. */
export function truth(value: boolean, x: Variable, z: Variable): readonly Variable[] | undefined {
  const known = constant(value);
  const found = isKnownShape(z.shape)
    ? z.rank === 0
      ? known
      : broadcastTo(known, z.shape)
    : second(x, known);
  return sameTypeSurely(found, z) ? [found] : undefined;
}
