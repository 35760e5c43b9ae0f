import { binary, compare, constantOf, convert, select, unary } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { elementwise } from '@cotangent/graph';
import type { Binary, Variable } from '@cotangent/graph';
import { div, mul } from './arithmetic.ts';
import { eq } from './comparison.ts';
import { where } from './selection.ts';
import { hypotOf } from '../kernels/hypot.ts';

/** z = √(x² + y²), without over- or underflow.  ∂z/∂x = x/z,  ∂z/∂y = y/z: 0 and 0 at (0, 0), of minimal norm. */
export const hypot: Binary = elementwise('hypot', 2, {
  eval: hypotOf,
  lower: hypotIn,
  dtype: 'float',
  diff: [(g, [x], z) => mul(g, share(x, z)), (g, [, y], z) => mul(g, share(y, z))],
  points: [
    [3, 4],
    [-1, 2],
    [0, -2.5],
  ],
  edges: [
    [0, 0],
    [Infinity, NaN],
  ],
});

/** x/z, 0 where z = 0: there by an infinite divisor, so that derivatives of every order are 0. */
function share(x: Variable, z: Variable): Variable {
  return div(x, where(eq(z, 0), Infinity, z));
}

/** `hypotOf` as an expression. Squares of float32 are in the range of float64. */
function hypotIn([x, y]: readonly [Value, Value], type: ValueType): Value {
  const number = (value: number): Value => constantOf('f64', value);
  const [a, b] = [unary('abs', convert('f64', x)), unary('abs', convert('f64', y))];
  const largest = binary('max', a, b);
  const scaled = (above: number, below: number): Value =>
    type === 'f32'
      ? number(1)
      : select(
          compare('gt', largest, number(1e150)),
          number(above),
          select(compare('lt', largest, number(1e-140)), number(below), number(1)),
        );
  const squareOf = (v: Value): Value => {
    const small = binary('mul', v, scaled(2 ** -600, 2 ** 600));
    return binary('mul', small, small);
  };
  const norm = unary('sqrt', binary('add', squareOf(a), squareOf(b)));
  const finite = binary('mul', norm, scaled(2 ** 600, 2 ** -600));
  const isInfinite = (v: Value): Value => compare('eq', v, number(Infinity));
  const either = binary('or', isInfinite(a), isInfinite(b));
  return convert(type, select(either, number(Infinity), finite));
}
