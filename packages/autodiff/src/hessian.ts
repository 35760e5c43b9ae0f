import { ShapeError, ValueError, asVariable, formatShape, shapesConflict } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { grad } from './grad.ts';
import { jacobian } from './jacobian.ts';
import type { JacobianStrategy } from './jacobian.ts';
import { checkChoices, mirrorForm, variableList } from './options.ts';
import type { Mirror, OnDisconnected, Plain } from './options.ts';
import { pullback, pushforward } from './products.ts';
import type { WarningSink } from './call.ts';

/** Options that {@link hessian} and {@link hessianVectorProduct} share. */
interface SecondOrderOptions {
  readonly considerConstant?: Iterable<Variable>;
  /** Governs the first derivative only: of a linear cost the second is zero, not an error. */
  readonly disconnectedInputs?: OnDisconnected;
  readonly onWarning?: WarningSink;
}

/** Options of {@link hessian}. */
export interface HessianOptions extends SecondOrderOptions {
  /** `'diagonal'` (default): one block per `wrt`; `'full'`: a row of blocks per `wrt`. */
  readonly blocks?: 'diagonal' | 'full';
  /** How the Jacobian of the gradient is computed. Default `'auto'`. */
  readonly strategy?: JacobianStrategy;
}

/** A block per `wrt`, or for `blocks: 'full'` a row of blocks, one per `wrt` again. */
export type HessianResult<W, O> = O extends { readonly blocks: 'full' }
  ? Mirror<W, Mirror<W, Variable>>
  : Mirror<W, Variable>;

/**
 * Second derivatives of a scalar `cost`: for each `wrt` w the block of shape `[...w.shape, ...w.shape]`;
 * with `blocks: 'full'` also the cross blocks, `result[i][j]` of shape `[...wᵢ.shape, ...wⱼ.shape]`.
 *
 * @param cost - shape `[]`, floating dtype.
 * @param wrt - variables of any rank; the result has the form of this argument.
 * @throws DTypeError `GRAD_COST_NOT_SCALAR` if `cost` has rank > 0; ValueError for an option value that
 *   is not allowed; and what {@link grad} throws.
 * @example hessian(sum(square(x)), x) // 2 · identity
 * @see Griewank & Walther (2008), ch. 5.
 */
export function hessian<
  const W extends Variable | readonly Variable[],
  const O extends HessianOptions = Plain<HessianOptions>,
>(cost: Variable, wrt: W, options?: O): HessianResult<W, O> {
  const { blocks = 'diagonal', strategy = 'auto', ...rest }: HessianOptions = options ?? {};
  if (blocks !== 'diagonal' && blocks !== 'full') {
    throw new ValueError(`hessian: blocks is ${JSON.stringify(blocks) ?? String(blocks)}`, {
      code: 'GRAD_INVALID_OPTION',
      hint: "allowed are 'diagonal' and 'full'",
      data: { option: 'blocks', value: blocks },
    });
  }
  checkChoices('hessian', rest, ['considerConstant', 'disconnectedInputs', 'onWarning']);
  const targets = variableList('hessian', 'wrt', wrt);
  const held = heldConstants(rest);
  const gradients = grad(cost, targets, { ...rest, ...held, addNames: false });
  const second = { ...held, disconnectedInputs: 'ignore', strategy } as const;
  const rows = targets.map((w, i) =>
    blocks === 'full'
      ? mirrorForm<W, object>(wrt, jacobian(gradients[i]!, targets, second))
      : jacobian(gradients[i]!, w, second),
  );
  // Which of the two forms a row has is decided by `blocks`, as HessianResult<W, O> says.
  return (Array.isArray(wrt) ? rows : rows[0]) as HessianResult<W, O>;
}

/** Options of {@link hessianVectorProduct}. */
export interface HessianVectorProductOptions extends SecondOrderOptions {
  /** How the two derivatives are composed. Default `'reverse-over-reverse'`. */
  readonly mode?: 'reverse-over-reverse' | 'forward-over-reverse';
}

/**
 * H · p, without building H: for several `wrt` the product with the full Hessian, cross terms included.
 *
 * `p` counts as constant, also where it depends on `wrt`.
 *
 * @param cost - shape `[]`, floating dtype.
 * @param wrt - variables of any rank; the result has the form of this argument.
 * @param p - one for each `wrt`, of its shape.
 * @returns one variable per `wrt`, of its shape; zeros for a linear cost.
 * @throws ValueError if the counts differ (`GRAD_COUNT`); ShapeError if a `p` cannot have the shape of
 *   its `wrt`; and what {@link grad} throws.
 * @example hessianVectorProduct(sum(square(x)), x, [2, 2]) // [4, 4]
 * @see Pearlmutter (1994), Fast exact multiplication by the Hessian.
 */
export function hessianVectorProduct<const W extends Variable | readonly Variable[]>(
  cost: Variable,
  wrt: W,
  p: Operand | readonly Operand[],
  options: HessianVectorProductOptions = {},
): Mirror<W, Variable> {
  const { mode = 'reverse-over-reverse', ...rest } = options;
  if (mode !== 'reverse-over-reverse' && mode !== 'forward-over-reverse') {
    throw new ValueError(`hessianVectorProduct: mode is ${JSON.stringify(mode) ?? String(mode)}`, {
      code: 'GRAD_INVALID_OPTION',
      hint: "allowed are 'reverse-over-reverse' and 'forward-over-reverse'",
      data: { option: 'mode', value: mode },
    });
  }
  checkChoices('hessianVectorProduct', rest, [
    'considerConstant',
    'disconnectedInputs',
    'onWarning',
  ]);
  const targets = variableList('hessianVectorProduct', 'wrt', wrt);
  const directions = directionsFor(targets, p, Array.isArray(wrt));
  const held = heldConstants(rest);
  const gradients = grad(cost, targets, { ...rest, ...held, addNames: false });
  const results =
    mode === 'forward-over-reverse'
      ? pushforward(gradients, targets, directions, { ...held, disconnectedOutputs: 'ignore' })
      : pullback(gradients, targets, directions, { ...held, disconnectedInputs: 'ignore' });
  return mirrorForm<W, object>(wrt, results) as Mirror<W, Variable>; // no option allows an absence
}

function directionsFor(
  wrt: readonly Variable[],
  p: Operand | readonly Operand[],
  isList: boolean,
): readonly Variable[] {
  const list = isList && Array.isArray(p) ? (p as readonly Operand[]) : [p as Operand];
  if (list.length !== wrt.length) {
    throw new ValueError(
      `hessianVectorProduct: ${list.length} vectors for ${wrt.length} variables`,
      {
        code: 'GRAD_COUNT',
        hint: 'give one vector for each wrt',
        data: { expected: wrt.length, got: list.length },
      },
    );
  }
  return list.map((operand, k) => {
    const direction = asVariable(operand, 'hessianVectorProduct', k);
    const w = wrt[k]!;
    if (!shapesConflict(direction.shape, w.shape)) return direction;
    throw new ShapeError(
      `hessianVectorProduct: p ${k} has shape ${formatShape(direction.shape)}, its wrt ${formatShape(w.shape)}`,
      { code: 'GRAD_TANGENT_SHAPE', hint: 'p has the shape of its wrt' },
    );
  });
}

/** `considerConstant` read once: it may be a generator, and two derivatives need it. */
function heldConstants({ considerConstant }: SecondOrderOptions): SecondOrderOptions {
  return considerConstant === undefined ? {} : { considerConstant: [...considerConstant] };
}
