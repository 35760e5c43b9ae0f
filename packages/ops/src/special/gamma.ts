import { ValueError, callable, elementwise } from '@cotangent/graph';
import type {
  Binary,
  Callable,
  ElementwiseFunction,
  Operand,
  Unary,
  Variable,
} from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { add, mul, sub } from '../elementwise/arithmetic.ts';
import { lowered, onNumbers } from './arithmetic.ts';
import { betalnOf } from './beta-values.ts';
import { digammaOf, gammalnOf, trigammaOf } from './gamma-values.ts';
import { LARGEST_PRODUCT, polygammaOf } from './polygamma-values.ts';

/**
 * y = log |Γ(x)|; +∞ at 0, −1, −2, …  dy/dx = ψ(x).  Near its zeros left of −2 the error is relative to 1, not to the
 * result.
 */
export const gammaln: Unary = elementwise('gammaln', 1, {
  eval: (x) => gammalnOf(onNumbers, x),
  lower: (xs, type) => lowered(gammalnOf, xs, type),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, digamma(x))],
  points: [[-1.25], [0.25], [1], [1.75], [2.5], [7.5], [40]],
  edges: [[0], [-2], [Infinity], [NaN]],
});

/** y = ψ(x) = Γ′(x)/Γ(x); −∞ at 0, +∞ at −0, NaN at −1, −2, …  dy/dx = ψ′(x).  Near its zeros on the left as `gammaln`. */
export const digamma: Unary = elementwise('digamma', 1, {
  eval: (x) => digammaOf(onNumbers, x),
  lower: (xs, type) => lowered(digammaOf, xs, type),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, trigamma(x))],
  points: [[-1.25], [-0.25], [0.25], [1], [1.75], [5.5], [40]],
  edges: [[0], [-0], [-2], [Infinity], [NaN]],
});

/** y = ψ′(x) = Σ 1/(x + k)², k ≥ 0; +∞ at 0, −1, −2, …  dy/dx = ψ″(x). */
export const trigamma: Unary = elementwise('trigamma', 1, {
  eval: (x) => trigammaOf(onNumbers, x),
  lower: (xs, type) => lowered(trigammaOf, xs, type),
  dtype: 'float',
  diff: [(g, [x]) => mul(g, polygammaOp(x, { n: 2 }))],
  points: [[-1.25], [0.25], [1], [5.5], [40]],
  edges: [[0], [-2], [Infinity], [NaN]],
});

type PolygammaAttrs = { readonly n: number };

const MOST = 100;

/** y = ψ⁽ⁿ⁾(x), n ≥ 2.  dy/dx = ψ⁽ⁿ⁺¹⁾(x), as far as n + 1 ≤ 101. */
const polygammaOp: ElementwiseFunction<1, PolygammaAttrs> = elementwise<1, PolygammaAttrs>(
  'polygamma',
  1,
  {
    eval:
      ({ n }) =>
      (x) =>
        polygammaOf(onNumbers, x, n),
    // Orders with powers that are no products would expand n + 11 power functions: they run `eval`.
    lower: (xs, type, { n }) =>
      n < LARGEST_PRODUCT ? lowered((m, x) => polygammaOf(m, x!, n), xs, type) : undefined,
    dtype: 'float',
    diff: [(g, [x], _y, { n }) => mul(g, polygamma(n + 1, x))],
    sampleAttrs: { n: 2 },
    points: [[-1.25], [0.25], [1], [5.5], [40]],
    edges: [[0], [-2], [Infinity], [NaN]],
  },
);

/**
 * The polygamma function ψ⁽ⁿ⁾(x) = dⁿψ/dxⁿ, which is {@link digamma} for n = 0 and {@link trigamma} for n = 1. At the
 * poles 0, −1, −2, … it is +∞ for odd n; for even n ≥ 2 it is NaN at −1, −2, … and ∓∞ at ±0. The derivative by x is
 * ψ⁽ⁿ⁺¹⁾(x); by n there is none.
 *
 * @param n - a whole number from 0 to 100, fixed when the graph is built.
 * @param x - any shape and dtype; integers give floats.
 * @throws ValueError `OP_POLYGAMMA_ORDER` for another n, also where a derivative would need one.
 * @example polygamma(2, 1) // −2 ζ(3)
 * @see Abramowitz & Stegun (1964), 6.4; Olver et al., DLMF 5.15 and 25.11.
 */
export const polygamma: Callable<(n: number, x: Operand) => Variable> = callable(
  polygammaOp.op,
  (n: number, x: Operand): Variable => {
    if (n === 0) return digamma(x);
    if (n === 1) return trigamma(x);
    if (Number.isInteger(n) && n >= 2 && n <= MOST) return polygammaOp(x, { n });
    throw new ValueError(
      `polygamma: the order ${String(n)} is not a whole number from 0 to ${MOST}`,
      {
        code: 'OP_POLYGAMMA_ORDER',
        hint: 'the order comes first: polygamma(n, x)',
        data: { op: 'polygamma', order: n },
      },
    );
  },
);

/** z = log |B(a, b)| = log |Γ(a) Γ(b)/Γ(a + b)|.  ∂z/∂a = ψ(a) − ψ(a + b),  ∂z/∂b = ψ(b) − ψ(a + b). */
export const betaln: Binary = elementwise('betaln', 2, {
  eval: (a, b) => betalnOf(onNumbers, a, b),
  lower: (xs, type) => lowered((m, a, b) => betalnOf(m, a!, b!), xs, type),
  dtype: 'float',
  diff: [
    (g, [a, b], z) => mul(g, slope(castTo(a, z.dtype), castTo(b, z.dtype))),
    (g, [a, b], z) => mul(g, slope(castTo(b, z.dtype), castTo(a, z.dtype))),
  ],
  points: [
    [0.5, 2.5],
    [3, 1.25],
    [12, 0.75],
    [9, 30],
  ],
  edges: [
    [0, 2],
    [2, Infinity],
    [1, NaN],
  ],
});

/** ψ(a) − ψ(a + b). */
function slope(a: Variable, b: Variable): Variable {
  return sub(digamma(a), digamma(add(a, b)));
}
