import {
  ArgumentTypeError,
  DTypeError,
  InnerGraph,
  ShapeError,
  ValueError,
  asVariable,
  callable,
  constant,
  defineOp,
  formatType,
  isVariable,
  promotableOf,
  tensorType,
  zero,
} from '@cotangent/graph';
import type {
  BatchContext,
  BatchEntry,
  Callable,
  OpFunction,
  Operand,
  OpSample,
  RuleContext,
  Tangent,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { Input, isNull } from '@cotangent/graph';
import { isFloat, resultType, strongDType } from '@cotangent/tensor';
import { batched, unbatched } from '../batch.ts';
import { castTo } from '../cast.ts';
import { exp } from '../elementwise/exponential.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { floatZerosLike } from '../shape/broadcast.ts';
import { whole } from '../shape/whole.ts';
import { captured, returnedVariables } from './capture.ts';

/** Attributes: the branches, both on all inputs behind the condition. */
type BranchAttrs = { readonly then: InnerGraph; readonly otherwise: InnerGraph };
type Context = RuleContext<number, number, BranchAttrs>;

/** y = then(x) if c, else otherwise(x).  x̄ = ifElse(c, thenᵀ ȳ, otherwiseᵀ ȳ), ẏ alike; c̄ = 0. */
const ifElseOp: OpFunction<number, number, BranchAttrs> = defineOp<number, number, BranchAttrs>(
  'ifElse',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: ([condition, ...types], attrs) => inferBranches(condition!, types, attrs),
    connectionPattern: ({ attrs, outputs }) => {
      const { then, otherwise } = attrs as BranchAttrs; // defineOp made them
      return [
        outputs.map(() => true),
        ...then.inputs.map((_, i) =>
          outputs.map(
            (_y, j) => then.connectionPattern[i]![j]! || otherwise.connectionPattern[i]![j]!,
          ),
        ),
      ];
    },
    handlesAbsent: true,
    pushforward: (xDots, context) => pushed(xDots, context),
    pullback: (yBars, context) => pulled(yBars, context),
    batch: (entries, context) => batchBranches(entries, context),
    eval: ([condition, ...xs], { then, otherwise }) =>
      (condition!.item() === 0 ? otherwise : then).run(xs),
    simplify: { node: chosenBranch },
    samples: /* @__PURE__ */ branchSamples(),
  },
);

/** A branch: what it gives, or a function that builds it, so that only the branch taken is evaluated. */
export type Branch = Operand | (() => Variable);
/** A branch with several outputs. */
export type Branches = () => readonly Variable[];

/**
 * One of two branches, by a condition that is known when the graph is run: only the branch that is taken is
 * evaluated, in derivatives too. {@link where} computes both and chooses element by element.
 *
 * @param condition - a bool scalar (of another dtype: true unless 0).
 * @param then - a function without arguments that builds the branch from variables around it: what it computes
 *   is inside the branch. Or a variable, which is computed in any case.
 * @param otherwise - the same for a condition that is false; as many outputs, of the same ranks. Dtypes promote.
 * @returns one variable, or as many as the branches return in arrays. Where the branches differ in the size of an
 *   axis, it is known at run time only.
 * @throws ShapeError `OP_BRANCH_SHAPE` if ranks differ, or the condition is no scalar; ValueError
 *   `OP_BRANCH_RESULTS` if the numbers of outputs differ; ArgumentTypeError `GRAPH_NOT_A_VARIABLE`.
 * @example ifElse(gt(x, 0), () => log(x), () => constant(-Infinity))
 */
export const ifElse: Callable<{
  (condition: Operand, then: Branch, otherwise: Branch): Variable;
  (condition: Operand, then: Branches, otherwise: Branches): readonly Variable[];
}> = callable(ifElseOp.op, choose as typeof choose & BothForms);

interface BothForms {
  (condition: Operand, then: Branch, otherwise: Branch): Variable;
  (condition: Operand, then: Branches, otherwise: Branches): readonly Variable[];
}

function choose(
  condition: Operand,
  then: Branch | Branches,
  otherwise: Branch | Branches,
): Variable | readonly Variable[] {
  const first = built(then, 1);
  const second = built(otherwise, 2);
  if (first.outputs.length !== second.outputs.length) {
    const [a, b] = [first.outputs.length, second.outputs.length];
    throw new ValueError(`ifElse: the branches have ${a} and ${b} outputs`, {
      code: 'OP_BRANCH_RESULTS',
      hint: 'both branches give the same things',
      data: { op: 'ifElse', then: a, otherwise: b },
    });
  }
  const dtypes = first.outputs.map((y, j) =>
    strongDType(resultType([y, second.outputs[j]!].map((x) => promotableOf(x.type)))),
  );
  const all = [first, second].map(({ outputs }) => outputs.map((y, j) => castTo(y, dtypes[j]!)));
  // Both branches are cut at the same variables, so that each is a graph of all of them.
  const cut = captured(all.flat(), []);
  const graphs = [0, 1].map(
    (k) => new InnerGraph(cut.inside, cut.outputs.slice(k * dtypes.length, (k + 1) * dtypes.length)),
  );
  const attrs = { then: graphs[0]!, otherwise: graphs[1]! };
  const results = ifElseOp([asVariable(condition, 'ifElse'), ...cut.outside], attrs);
  return first.isSingle && second.isSingle ? results[0]! : results;
}
