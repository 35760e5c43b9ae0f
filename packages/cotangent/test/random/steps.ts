import type { Variable } from '@cotangent/graph';
import {
  add,
  asinh,
  atan,
  atan2,
  broadcastTo,
  checkpoint,
  concatenate,
  cos,
  cumsum,
  div,
  exp,
  expandDims,
  expm1,
  flatten,
  flip,
  hypot,
  log,
  logAddExp,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  pow,
  reciprocal,
  setSlice,
  shapeAt,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  stack,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from '@cotangent/ops';

/** Builds one variable from some that exist; `below(n)` is a whole number below n. */
type Step = (pick: () => Variable, below: (n: number) => number) => Variable;

/** 1 + x² > 0: an argument for functions with a domain. */
const positive = (x: Variable): Variable => add(1, square(x));
const anAxis = (x: Variable, below: (n: number) => number): number => below(Math.max(x.rank, 1));
const block = checkpoint((...xs: readonly Variable[]) => tanh(mul(sin(xs[0]!), xs[1]!)));

/** Smooth everywhere, or on the domains that they are applied to here. */
export const steps: readonly Step[] = [
  (pick) => sin(pick()),
  (pick) => cos(pick()),
  (pick) => tanh(pick()),
  (pick) => sigmoid(pick()),
  (pick) => softplus(pick()),
  (pick) => neg(pick()),
  (pick) => square(pick()),
  (pick) => atan(pick()),
  (pick) => asinh(pick()),
  (pick) => exp(tanh(pick())),
  (pick) => expm1(neg(square(pick()))),
  (pick) => sqrt(positive(pick())),
  (pick) => log(positive(pick())),
  (pick) => reciprocal(positive(pick())),
  (pick) => add(pick(), pick()),
  (pick) => sub(pick(), pick()),
  (pick) => mul(pick(), pick()),
  (pick) => mul(pick(), pick()),
  (pick) => div(pick(), positive(pick())),
  (pick) => hypot(pick(), positive(pick())),
  (pick) => atan2(pick(), positive(pick())),
  (pick) => logAddExp(pick(), pick()),
  (pick) => pow(positive(pick()), tanh(pick())),
  (pick) => pow(pick(), 3),
  (pick) => where([true, false, true], pick(), pick()),
  (pick) => block(pick(), pick()),
  (pick) => sum(pick()),
  (pick, below) => reduced(pick(), below, sum),
  (pick, below) => reduced(pick(), below, mean),
  (pick, below) => reduced(pick(), below, logSumExp),
  (pick, below) => along(pick(), below, (x, axis) => softmax(x, { axis })),
  (pick, below) => along(pick(), below, (x, axis) => cumsum(x, { axis })),
  (pick, below) => along(pick(), below, (x, axis) => flip(x, { axis })),
  (pick, below) => along(pick(), below, (x, axis) => concatenate([x, sin(x)], { axis })),
  (pick) => matmul(pick(), pick()),
  (pick) => matmul(pick(), pick()),
  (pick) => transpose(pick()),
  (pick) => flatten(pick()),
  (pick, below) => expandDims(pick(), below(2)),
  (pick, below) => slice(pick(), ['1:', '::-1', '0', '..., :1', '..., newaxis'][below(5)]!),
  (pick) => setSlice(pick(), pick(), ':1'),
  (pick) => {
    const x = pick();
    return broadcastTo(x, [2, ...x.shape.map((_, axis) => shapeAt(x, axis))]);
  },
  (pick) => {
    const x = pick();
    return stack([x, cos(x), x]);
  },
];

function reduced(
  x: Variable,
  below: (n: number) => number,
  reduce: (x: Variable, options: { readonly axis: number; readonly keepDims: boolean }) => Variable,
): Variable {
  return reduce(x, { axis: anAxis(x, below), keepDims: below(2) === 0 });
}

function along(
  x: Variable,
  below: (n: number) => number,
  apply: (x: Variable, axis: number) => Variable,
): Variable {
  return apply(x, anAxis(x, below));
}
