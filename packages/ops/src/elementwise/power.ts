import { binary, constantOf, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { contiguous, isFloat } from '@cotangent/tensor';
import { ValueError, asVariable, callable, elementwise, zero } from '@cotangent/graph';
import type {
  Binary,
  Callable,
  ElementwiseFunction,
  Operand,
  Tangent,
  Unary,
  Variable,
} from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { div, mul, neg, sub } from './arithmetic.ts';
import { eq, ge, isFinite, logicalAnd } from './comparison.ts';
import { log } from './exponential.ts';
import { numericResult } from './numeric-result.ts';
import { where } from './selection.ts';

/** y = x².  dy/dx = 2x.  Booleans give int32. */
export const square: Unary = elementwise('square', 1, {
  eval: (x) => x * x,
  evalAs: { int32: (x) => Math.imul(x, x) }, // a double holds squares of int32 only up to 2⁵³
  lower: ([x]) => binary('mul', x, x),
  dtype: numericResult,
  diff: [(g, [x]) => mul(g, mul(2, x))],
  points: [[-2.5], [0], [3]],
});

/** y = √x; NaN for x < 0.  dy/dx = 1/(2y): +∞ at 0. */
export const sqrt: Unary = elementwise('sqrt', 1, {
  eval: Math.sqrt,
  lower: ([x]) => unary('sqrt', x),
  dtype: 'float',
  diff: [(g, _x, y) => div(g, mul(2, y))],
  points: [[0.25], [2], [1e6]],
  edges: [[0], [-1]],
});

/** y = 1/x.  dy/dx = −y²: −∞ at 0. */
export const reciprocal: Unary = elementwise('reciprocal', 1, {
  eval: (x) => 1 / x,
  lower: ([x], type) => binary('div', constantOf(type, 1), x),
  dtype: 'float',
  diff: [(g, _x, y) => neg(mul(g, square(y)))],
  points: [[-2.5], [0.5], [3]],
  edges: [[0], [-0.0]],
});

/**
 * z = xʸ.  ∂z/∂x = y xʸ⁻¹: 0 whenever y = 0.  ∂z/∂y = z log x: for x = 0 it is 0 if y ≥ 0 and −∞ if y < 0.
 * Both guards act on what the power and the logarithm are taken of, so that second derivatives are right too.
 */
const powOp: Binary = elementwise('pow', 2, {
  eval: floatPower,
  evalAs: { int32: integerPower, uint8: integerPower },
  // Integers run `eval`, which squares in a loop and throws for a negative exponent.
  lower: ([x, y], type) => (type === 'i32' ? undefined : binary('pow', x, y)),
  dtype: numericResult,
  diff: [
    (g, [x, y], z) => mul(g, powerByBase(castTo(x, z.dtype), castTo(y, z.dtype))),
    (g, [x, y], z) => mul(g, mul(z, log(where(logicalAnd(eq(x, 0), ge(y, 0)), 1, x)))),
  ],
  points: [
    [2, 3.5],
    [0.5, -1.25],
    [3, 0],
    [1, 2],
  ],
  edges: [
    [0, 0],
    [0, 2],
    [0, -1],
    [-2, 3],
    [-2, 0.5],
    [1, NaN],
  ],
});

/** y = xⁿ.  dy/dx = n xⁿ⁻¹: 0 for n = 0. */
const powIntOp: ElementwiseFunction<1, PowIntAttrs> = elementwise<1, PowIntAttrs>('powInt', 1, {
  eval:
    ({ n }) =>
    (x) =>
      x ** n,
  lower: wholePower,
  rejects: ['int32', 'uint8', 'bool'],
  diff: [(g, [x], _y, { n }) => powerByWholeExponent(g, x, n)],
  sampleAttrs: { n: 3 },
  points: [[-2.5], [0], [0.5], [3]],
});

/** xⁿ by squaring for |n| ≤ 64; more multiplications would round more than the power function, which serves then. */
function wholePower([x]: readonly [Value], type: ValueType, { n }: PowIntAttrs): Value {
  if (Math.abs(n) > 64) return binary('pow', x, constantOf(type, n));
  let result: Value | undefined;
  let square = x;
  for (let rest = Math.abs(n); rest > 0; rest >>= 1) {
    if (rest & 1) result = result === undefined ? square : binary('mul', result, square);
    square = binary('mul', square, square);
  }
  const power = result ?? constantOf(type, 1);
  return n < 0 ? binary('div', constantOf(type, 1), power) : power;
}

type PowIntAttrs = { readonly n: number };

/**
 * `x` to the power `y`, elementwise and broadcast; NaN for a negative `x` and a `y` that is not whole. Integers to integer
 * powers stay integers and wrap; booleans give int32. A whole-number literal for `y` gives {@link powInt}, whose
 * derivative needs no logarithm.
 *
 * Derivatives: `y xʸ⁻¹` by `x`, which is 0 whenever `y = 0`; `xʸ log x` by `y`, which at `x = 0` is 0 for `y ≥ 0` and −∞
 * for `y < 0`, and NaN for `x < 0`.
 *
 * @param x - base, any dtype and shape.
 * @param y - exponent, any dtype, of a shape that broadcasts with that of `x`.
 * @throws ValueError `OP_NEGATIVE_EXPONENT` for an integer base and a negative integer exponent: when the graph is built
 *   if the exponent is constant, else when it is run.
 * @throws ValueError `LITERAL_OUT_OF_RANGE` for a literal that does not fit the integer dtype of the other operand.
 * @throws ShapeError `SHAPE_BROADCAST` if the shapes do not fit.
 * @example pow([4, 9], 0.5) // [2, 3]
 */
export const pow: Binary = callable(powOp.op, (x: Operand, y: Operand): Variable => {
  const base = asVariable(x, 'pow', 0);
  if (typeof y === 'number' && Number.isSafeInteger(y)) {
    if (isFloat(base.dtype)) return powIntOp(base, { n: y });
    if (y < 0) throw negativeExponent(y);
  }
  const exponent = asVariable(y, 'pow', 1);
  if (!isFloat(base.dtype) && !isFloat(exponent.dtype)) checkExponent(exponent);
  return powOp(x, y);
});

/**
 * `x` to the whole power `n`, fixed when the graph is built. The derivative is `n xⁿ⁻¹`, for every sign of `x`; it is 0
 * for `n = 0`. Integers follow {@link pow}.
 *
 * @param x - any shape and dtype.
 * @param n - a whole number, negative too if `x` is floating.
 * @throws ValueError `OP_INVALID_EXPONENT` if `n` is not a whole number.
 * @throws ValueError `OP_NEGATIVE_EXPONENT` if `x` is an integer or boolean tensor and `n` is negative.
 * @example powInt([-2, 3], 3) // [-8, 27]
 */
export const powInt: Callable<(x: Operand, n: number) => Variable> = callable(
  powIntOp.op,
  (x: Operand, n: number): Variable => {
    if (Number.isSafeInteger(n)) return pow(x, n);
    throw new ValueError(`powInt: exponent ${String(n)} is not a whole number`, {
      code: 'OP_INVALID_EXPONENT',
      hint: 'use pow for other exponents',
      data: { op: 'powInt', exponent: n },
    });
  },
);

/** y xʸ⁻¹, taking 1 for a base whose reciprocal is not finite where y = 0: 0 · 1 and not 0 · ∞. */
function powerByBase(x: Variable, y: Variable): Variable {
  const base = where(eq(y, 0), where(isFinite(reciprocal(x)), x, 1), x);
  return mul(y, pow(base, sub(y, 1)));
}

/** g n xⁿ⁻¹. */
function powerByWholeExponent(g: Variable, x: Variable, n: number): Tangent {
  if (n === 0) return zero;
  if (n === 1) return g;
  return mul(g, mul(n, n === 2 ? x : powIntOp(x, { n: n - 1 })));
}

/** As C and NumPy have it: 1 to any power is 1, and so is −1 to an infinite one, where JavaScript has NaN. */
function floatPower(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}

/** Squaring and multiplying, modulo 2³². */
function integerPower(x: number, y: number): number {
  if (y < 0) throw negativeExponent(y);
  let result = 1;
  let factor = x;
  for (let bits = y; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

function checkExponent(y: Variable): void {
  if (y.kind !== 'constant') return;
  for (const exponent of contiguous(y.value).data) {
    if (exponent < 0) throw negativeExponent(exponent);
  }
}

function negativeExponent(exponent: number): ValueError {
  return new ValueError(`pow: integers have no integer power ${exponent}`, {
    code: 'OP_NEGATIVE_EXPONENT',
    hint: "cast the base to a float dtype first: pow(cast(x, 'float64'), y)",
    data: { op: 'pow', exponent },
  });
}
