import { isFloat } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { constant, isKnownShape, provablySameShape, rebuild } from '@cotangent/graph';
import type { Constant, Variable } from '@cotangent/graph';
import {
  abs,
  add,
  broadcastTo,
  cast,
  castTo,
  div,
  mul,
  neg,
  pow,
  powInt,
  second,
  square,
  sub,
} from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { constantLike, filledWith, nodeOf, repetitionOf, sameTypeSurely } from './facts.ts';
import { rewrite } from './pattern.ts';

/** Rewrites that bring equal things into equal forms: what the others look for. They hold for every number and NaN. */
export function canonicalRewrites(): readonly NodeRewrite[] {
  return [...units(), ...negations(), mergeCasts(), mergeScales(), dropBroadcast()];
}

/** C-5: what 1 and 0 leave as it is. The sign of a zero may change. */
function units(): readonly NodeRewrite[] {
  return [
    rewrite('times-one', {
      forAll: ['x'],
      from: ({ x }) => mul(x, 1),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('plus-zero', {
      forAll: ['x'],
      from: ({ x }) => add(x, 0),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('minus-zero', {
      forAll: ['x'],
      from: ({ x }) => sub(x, 0),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('over-one', {
      forAll: ['x'],
      from: ({ x }) => div(x, 1),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    powersOfUnits(),
    rewrite('times-itself', {
      forAll: ['x'],
      from: ({ x }) => mul(x, x),
      to: ({ x }) => square(x),
      soundness: 'exact',
    }),
  ];
}

/** C-5: x¹ = x, x⁰ = 1 and 1ˣ = 1, for NaN too as in IEEE 754. */
function powersOfUnits(): NodeRewrite {
  return {
    name: 'powers-of-units',
    soundness: 'exact',
    ops: [pow.op, powInt.op],
    apply: ({ op, inputs: [x, y], attrs, outputs: [z] }) => {
      const n = op === pow.op ? filledWith(y!) : 'n' in attrs ? attrs.n : undefined;
      const isOne = n === 0 || (op === pow.op && filledWith(x!) === 1);
      const found =
        n === 1 ? x : isOne ? shapedLike(1, op === pow.op ? [x!, y!] : [x!], z!) : undefined;
      return found !== undefined && sameTypeSurely(found, z!) ? [found] : undefined;
    },
  };
}

/** A number in the shape of `y`, taken from the operand that has it. */
export function shapedLike(
  value: number,
  operands: readonly Variable[],
  y: Variable,
): Variable | undefined {
  const fill = constant(value, { dtype: y.dtype });
  if (isKnownShape(y.shape)) return y.rank === 0 ? fill : broadcastTo(fill, y.shape);
  const like = operands.find((x) => provablySameShape(x, y));
  return like && second(like, fill);
}

/** Negations move outwards, and into what is added or multiplied by a constant: one form where there were several. */
function negations(): readonly NodeRewrite[] {
  return [
    rewrite('double-negation', {
      forAll: ['x'],
      from: ({ x }) => neg(neg(x)),
      to: ({ x }) => x,
      soundness: 'exact',
    }),
    rewrite('times-minus-one', {
      forAll: ['x'],
      from: ({ x }) => mul(x, -1),
      to: ({ x }) => neg(x),
      soundness: 'exact',
    }),
    rewrite('zero-minus', {
      forAll: ['x'],
      from: ({ x }) => sub(0, x),
      to: ({ x }) => neg(x),
      soundness: 'exact',
    }),
    rewrite('plus-negation', {
      forAll: ['x', 'y'],
      from: ({ x, y }) => add(x, neg(y)),
      to: ({ x, y }) => sub(x, y),
      soundness: 'exact',
    }),
    rewrite('minus-negation', {
      forAll: ['x', 'y'],
      from: ({ x, y }) => sub(x, neg(y)),
      to: ({ x, y }) => add(x, y),
      soundness: 'exact',
    }),
    negationMinus(),
    rewrite('square-of-negation', {
      forAll: ['x'],
      from: ({ x }) => square(neg(x)),
      to: ({ x }) => square(x),
      soundness: 'exact',
    }),
    rewrite('magnitude-of-negation', {
      forAll: ['x'],
      from: ({ x }) => abs(neg(x)),
      to: ({ x }) => abs(x),
      soundness: 'exact',
    }),
    negatedFactor(),
    plusNegativeConstant(),
  ];
}

/** (−x) − y = −(x + y), if nothing else uses −x. */
function negationMinus(): NodeRewrite {
  return {
    name: 'negation-minus',
    soundness: 'exact',
    ops: [sub.op],
    apply: ({ inputs: [a, b] }, { uses }) => {
      const x = nodeOf(a, neg)?.inputs[0];
      return x === undefined || uses(a!) > 1 ? undefined : [neg(add(x, b!))];
    },
  };
}

/** (−x) y = −(x y), (−x)/y = x/(−y) = −(x/y), where the negation acts on as many elements before as after, and serves nothing else. */
function negatedFactor(): NodeRewrite {
  return {
    name: 'negated-factor',
    soundness: 'exact',
    ops: [mul.op, div.op],
    apply: (node, { uses }) => {
      const [y] = node.outputs;
      if (y === undefined || !isFloat(y.dtype)) return undefined;
      const isLifted = (x: Variable): boolean =>
        x.rank === y.rank && nodeOf(x, neg) !== undefined && uses(x) <= 1;
      const i = node.inputs.findIndex(isLifted);
      if (i < 0) return undefined;
      const inner = nodeOf(node.inputs[i], neg)!.inputs[0]!;
      const other = node.inputs[1 - i]!;
      // A constant takes the sign.
      if (other.kind === 'constant' && other.rank === 0 && isFloat(other.dtype)) {
        const negated = constantLike(other, -other.value.item());
        return rebuild(node, i === 0 ? [inner, negated] : [negated, inner]).outputs;
      }
      return [neg(rebuild(node, node.inputs.with(i, inner)).outputs[0]!)];
    },
  };
}

/** x + c = x − |c| for a constant c < 0. */
function plusNegativeConstant(): NodeRewrite {
  return {
    name: 'plus-negative-constant',
    soundness: 'exact',
    ops: [add.op],
    apply: ({ inputs, outputs: [y] }) => {
      if (!isFloat(y!.dtype)) return undefined;
      const i = inputs.findIndex(
        (x) => x.kind === 'constant' && x.rank === 0 && x.value.item() < 0,
      );
      const c = inputs[i];
      if (c?.kind !== 'constant' || c.dtype !== y!.dtype) return undefined;
      return [sub(inputs[1 - i]!, constantLike(c, -c.value.item()))];
    },
  };
}

/** C-14: a cast that loses nothing, before another one. */
function mergeCasts(): NodeRewrite {
  return {
    name: 'merge-casts',
    soundness: 'exact',
    ops: [cast.op],
    apply: ({ inputs: [y], outputs: [z] }) => {
      const x = nodeOf(y, cast)?.inputs[0];
      if (x === undefined || !holds[y!.dtype].includes(x.dtype)) return undefined;
      return [castTo(x, z!.dtype)];
    },
  };
}

/** For each dtype those whose every number it holds. */
const holds: { readonly [D in DType]: readonly DType[] } = {
  float64: ['float64', 'float32', 'int32', 'uint8', 'bool'],
  float32: ['float32', 'uint8', 'bool'],
  int32: ['int32', 'uint8', 'bool'],
  uint8: ['uint8', 'bool'],
  bool: ['bool'],
};

/** (x c) d = x (c d) for constants whose product neither over- nor underflows. */
function mergeScales(): NodeRewrite {
  return {
    name: 'merge-scales',
    soundness: 'widens-domain', // x c may have overflowed
    ops: [mul.op],
    apply: ({ inputs: [a, b], outputs: [z] }) => {
      if (!isFloat(z!.dtype)) return undefined;
      const outer = scaled(a!, b!);
      const inner = outer && nodeOf(outer.x, mul);
      const within = inner && scaled(inner.inputs[0]!, inner.inputs[1]!);
      if (outer === undefined || within === undefined) return undefined;
      if (within.c.dtype !== z!.dtype || outer.c.dtype !== z!.dtype) return undefined;
      const product = outer.c.value.item() * within.c.value.item();
      if (!isModerate(product)) return undefined;
      return [mul(within.x, constantLike(within.c, product))];
    },
  };
}

function isModerate(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude > 1e-30 && magnitude < 1e30; // well inside float32
}

/** A product with a scalar constant. */
function scaled(
  a: Variable,
  b: Variable,
): { readonly x: Variable; readonly c: Constant } | undefined {
  if (a.kind === 'constant' && a.rank === 0) return { x: b, c: a };
  if (b.kind === 'constant' && b.rank === 0) return { x: a, c: b };
  return undefined;
}

/** C-15: an elementwise op repeats its operands itself, where another one certainly has the shape. */
function dropBroadcast(): NodeRewrite {
  return {
    name: 'drop-broadcast',
    soundness: 'exact',
    apply: (node) => {
      if (node.op.elementwise === undefined || node.inputs.length < 2) return undefined;
      for (let k = 0; k < node.inputs.length; k++) {
        const x = node.inputs[k]!;
        const inner = repetitionOf(x)?.of;
        if (inner === undefined || !node.inputs.some((y, j) => hasShapeOf(x, k, y, j))) continue;
        return rebuild(node, node.inputs.with(k, inner)).outputs;
      }
      return undefined;
    },
  };
}

/** Whether operand `y`, no repetition that may go itself, has the shape of `x`. */
function hasShapeOf(x: Variable, k: number, y: Variable, j: number): boolean {
  return j !== k && x !== y && provablySameShape(x, y);
}
