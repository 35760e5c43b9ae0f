import { views } from '@cotangent/tensor';
import {
  ValueError,
  asVariable,
  callable,
  defineOp,
  disconnected,
  undefinedAt,
  zero,
} from '@cotangent/graph';
import type { Callable, OpFunction, OpSpec, Operand, Variable } from '@cotangent/graph';
import { batchOf, batched } from './batch.ts';
import { mul } from './elementwise/arithmetic.ts';
import { clip } from './elementwise/selection.ts';
import { filledShape } from './shape/second.ts';
import { aligned, whole } from './shape/whole.ts';

/** The forward half of an op whose value is its input, unchanged: compilation removes it. */
const identityOf = {
  infer: ([x]) => [x],
  eval: ([x]) => [x],
  shapeLike: ([x]) => x,
  view: true,
} as const satisfies Partial<OpSpec<1, 1, object>>;

/**
 * `x`, through which no derivative flows: as if it were an input of its own. Cheaper than
 * {@link zeroGrad}, as nothing above it is walked.
 *
 * @example grad(sum(add(x, disconnectedGrad(x))), x) // ones
 */
export const disconnectedGrad: OpFunction<1, 1> = defineOp<1, 1>(
  'disconnectedGrad',
  { inputs: 1, outputs: 1 },
  {
    ...identityOf,
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }]) => [batched(disconnectedGrad(value))],
    samples: [{ inputs: [[1.5, -2]] }],
  },
);

/**
 * `x`, whose derivative is taken as zero: still connected, so asking for it gives zeros.
 *
 * @example grad(sum(zeroGrad(x)), x) // zeros, where disconnectedGrad raises
 */
export const zeroGrad: OpFunction<1, 1> = defineOp<1, 1>(
  'zeroGrad',
  { inputs: 1, outputs: 1 },
  {
    ...identityOf,
    pushforward: () => [zero],
    pullback: () => [zero],
    batch: ([{ value }]) => [batched(zeroGrad(value))],
    samples: [{ inputs: [[1.5, -2]] }],
  },
);

/**
 * `x`, whose derivative is declared not to exist: asking for it raises NullTypeGradError.
 *
 * @example grad(sum(undefinedGrad(x)), x) // throws
 */
export const undefinedGrad: OpFunction<1, 1> = defineOp<1, 1>(
  'undefinedGrad',
  { inputs: 1, outputs: 1 },
  {
    ...identityOf,
    pushforward: () => [undefinedAt('it passes through undefinedGrad')],
    pullback: () => [undefinedAt('it passes through undefinedGrad')],
    batch: ([{ value }]) => [batched(undefinedGrad(value))],
    samples: [{ inputs: [[1.5, -2]], edge: true }],
  },
);

type ClipAttrs = { readonly lower: number; readonly upper: number };

const gradClipOp: OpFunction<1, 1, ClipAttrs> = defineOp<1, 1, ClipAttrs>(
  'gradClip',
  { inputs: 1, outputs: 1 },
  {
    ...identityOf,
    pushforward: ([xDot]) => [xDot], // clipping is not linear, so it has no transpose
    pullback: ([yBar], { attrs: { lower, upper } }) => [clip(yBar, lower, upper)],
    batch: ([{ value }], { attrs }) => [batched(gradClipOp(value, attrs))],
    samples: [{ inputs: [[1.5, -2]], attrs: { lower: -1, upper: 1 }, edge: true }],
  },
);

/**
 * `x`, whose cotangent is clipped element by element into [`lower`, `upper`]; tangents pass unchanged.
 *
 * @throws ValueError if `upper < lower` or a bound is NaN.
 * @example grad(square(gradClip(x, -1, 1)), x) // 1 at x = 2, not 4
 */
export const gradClip: Callable<(x: Operand, lower: number, upper: number) => Variable> = callable(
  gradClipOp.op,
  (x: Operand, lower: number, upper: number): Variable => {
    if (lower <= upper) return gradClipOp(x, { lower, upper });
    throw new ValueError(`gradClip: the bounds ${lower} and ${upper} are not in order`, {
      code: 'OP_CLIP_BOUNDS',
      hint: 'lower must be at most upper',
      data: { lower, upper },
    });
  },
);

/** y = x; x̄ = c · ȳ, ẏ = c · ẋ. The factor takes no part in differentiation. */
const gradScaleOp: OpFunction<2, 1> = defineOp<2, 1>(
  'gradScale',
  { inputs: 2, outputs: 1 },
  {
    ...identityOf,
    infer: ([x, factor]) => {
      filledShape(x.shape, factor.shape, 'gradScale');
      return [x];
    },
    shapeLike: ([x]) => x,
    eval: ([x, factor]) => {
      views.broadcastTo(factor, x.shape, 'gradScale'); // refuses a factor that is larger than x
      return [x];
    },
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, factor] }) => mul(xDot, factor), () => disconnected],
    pullback: ([yBar], { inputs: [, factor] }) => [mul(yBar, factor), disconnected],
    batch: (entries, { node }) => {
      const [x, factor] = entries;
      return [
        batched(gradScaleOp(whole(x, batchOf(entries)), aligned(factor, node.outputs[0]!.rank))),
      ];
    },
    samples: [{ inputs: [[1.5, -2], 2], edge: true }],
  },
);

/**
 * `x`, whose cotangents and tangents are multiplied by `multiplier`; −1 reverses the gradient.
 *
 * @param multiplier - a number, or a variable that broadcasts to the shape of `x`. No derivative flows to it.
 * @throws ShapeError `SHAPE_BROADCAST` if `multiplier` does not broadcast to the shape of `x`; where sizes are known only
 *   at run time, then, as `SHAPE_BROADCAST_MISMATCH`.
 * @example grad(square(gradScale(x, 2)), x) // 8 at x = 2, not 4
 */
export const gradScale: Callable<(x: Operand, multiplier: Operand) => Variable> = callable(
  gradScaleOp.op,
  (x: Operand, multiplier: Operand): Variable =>
    gradScaleOp(asVariable(x, 'gradScale'), multiplier),
);
