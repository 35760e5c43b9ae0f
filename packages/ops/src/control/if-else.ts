import { elementAt, ifThen, isNonzero } from '@cotangent/loops';
import type { LoweringContext, Statement } from '@cotangent/loops';
import { resultType, strongDType } from '@cotangent/tensor';
import {
  Input,
  InnerGraph,
  ShapeError,
  ValueError,
  asVariable,
  callable,
  defineOp,
  formatShape,
  formatType,
  promotableOf,
  tensorType,
  withRecordedNodes,
} from '@cotangent/graph';
import type {
  Apply,
  Callable,
  OpFunction,
  OpSample,
  Operand,
  TensorType,
  Variable,
} from '@cotangent/graph';
import { castTo } from '../cast.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { exp } from '../elementwise/exponential.ts';
import { enclosedBranches } from './branch-parts.ts';
import type { BranchAttrs } from './branch-parts.ts';
import { absorbIntoBranches, simplifyBranches } from './branch-rewrites.ts';
import { batchBranches, branchPullback, branchPushforward } from './branch-rules.ts';
import { returnedVariables, withDTypes } from './capture.ts';

/** y = then(x) if c, else otherwise(x).  x̄ = ifElse(c, thenᵀ ȳ, otherwiseᵀ ȳ), ẏ alike; c̄ = 0. */
const ifElseOp: OpFunction<number, number, BranchAttrs> = defineOp<number, number, BranchAttrs>(
  'ifElse',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: ([condition, ...types], attrs) => inferBranches(condition!, types, attrs),
    connectionPattern: ({ attrs, outputs }) => {
      const { whenTrue, whenFalse } = attrs as BranchAttrs; // defineOp made them
      return [
        outputs.map(() => true),
        ...whenTrue.inputs.map((_, i) =>
          outputs.map(
            (_y, j) => whenTrue.connectionPattern[i]![j]! || whenFalse.connectionPattern[i]![j]!,
          ),
        ),
      ];
    },
    handlesAbsent: true,
    pushforward: (xDots, context) => branchPushforward(xDots, context, build),
    pullback: (yBars, context) => branchPullback(yBars, context, build),
    batch: (entries, context) => batchBranches(entries, context, build),
    foldable: false,
    eval: ([condition, ...xs], { whenTrue, whenFalse }) =>
      withDTypes(condition!.item() === 0 ? whenFalse : whenTrue, xs).run(xs),
    lower: lowerBranches,
    simplify: {
      node: (node, isUsed) => simplifyBranches(node, isUsed, build),
      absorb: (node, onlyFor) => absorbIntoBranches(node, onlyFor, build),
    },
    samples: /* @__PURE__ */ branchSamples(),
  },
);

function build(operands: readonly Variable[], attrs: BranchAttrs): readonly Variable[] {
  return ifElseOp(operands, attrs);
}

/** A branch: what it gives, or a function that builds it inside the branch. */
export type Branch = Operand | (() => Variable);
/** A branch with several outputs. */
export type Branches = () => readonly Variable[];

interface IfElse {
  (condition: Operand, then: Branch, otherwise: Branch): Variable;
  (condition: Operand, then: Branches, otherwise: Branches): readonly Variable[];
}

/**
 * One of two branches, by a condition that is known when the graph is run: only the branch that is taken is
 * evaluated, in derivatives too. `where` computes both and chooses element by element.
 *
 * @param condition - a scalar: bool, or of another dtype and true unless 0. Nothing is differentiated by it.
 * @param then - a function without arguments that builds the branch: all that it builds is inside. Or a
 *   variable: then what only this branch needs is moved inside when a function is compiled, but derivatives of it
 *   by what lies behind it are evaluated in any case, with zeros for a branch not taken.
 * @param otherwise - the same for a condition that is false; as many outputs, of the same ranks. Dtypes promote.
 * @returns one variable, or as many as the branches return in arrays. Where the branches differ in the size of an
 *   axis, it is known at run time only.
 * @throws ShapeError `OP_BRANCH_SHAPE` if ranks differ, or the condition is no scalar; ValueError
 *   `OP_BRANCH_RESULTS` if the numbers of outputs differ; ArgumentTypeError `GRAPH_NOT_A_VARIABLE`.
 * @example ifElse(gt(x, 0), () => log(x), () => constant(-Infinity))
 */
export const ifElse: Callable<IfElse> = callable(ifElseOp.op, choose as IfElse); // one implementation for both forms

function choose(
  condition: Operand,
  then: Branch | Branches,
  otherwise: Branch | Branches,
): Variable | readonly Variable[] {
  const first = built(then, 1);
  const second = built(otherwise, 2);
  checkCounts(first.outputs, second.outputs);
  const dtypes = first.outputs.map((y, j) =>
    strongDType(resultType([y, second.outputs[j]!].map((x) => promotableOf(x.type)))),
  );
  const { value, nodes } = withRecordedNodes(() =>
    [first, second].map(({ outputs }) => outputs.map((y, j) => castTo(y, dtypes[j]!))),
  );
  const own = new Set([...first.nodes, ...second.nodes, ...nodes]);
  const given = asVariable(condition, 'ifElse');
  const results = enclosedBranches(given, value[0]!, value[1]!, own, build);
  return first.isSingle && second.isSingle ? results[0]! : results;
}

interface Built {
  readonly outputs: readonly Variable[];
  readonly nodes: ReadonlySet<Apply>;
  readonly isSingle: boolean;
}

function built(branch: Branch | Branches, position: number): Built {
  if (typeof branch !== 'function') {
    const nodes = new Set<Apply>();
    return { outputs: [asVariable(branch, 'ifElse', position)], nodes, isSingle: true };
  }
  const { value, nodes } = withRecordedNodes<unknown>(branch);
  const outputs = returnedVariables(value, 'ifElse', `branch ${position}`);
  return { outputs, nodes, isSingle: !Array.isArray(value) };
}

function checkCounts(first: readonly Variable[], second: readonly Variable[]): void {
  if (first.length === second.length) return;
  const [a, b] = [first.length, second.length];
  throw new ValueError(`ifElse: the branches have ${a} and ${b} outputs`, {
    code: 'OP_BRANCH_RESULTS',
    hint: 'both branches give the same things',
    data: { op: 'ifElse', whenTrue: a, whenFalse: b },
  });
}

function inferBranches(
  condition: TensorType,
  types: readonly TensorType[],
  attrs: BranchAttrs,
): readonly TensorType[] {
  if (condition.shape.length > 0) {
    throw new ShapeError(`ifElse: the condition has shape ${formatShape(condition.shape)}`, {
      code: 'OP_BRANCH_SHAPE',
      hint: 'it is a scalar; where chooses element by element',
      data: { op: 'ifElse', shape: condition.shape },
    });
  }
  const first = attrs.whenTrue.on(types).outputs;
  const second = attrs.whenFalse.on(types).outputs;
  checkCounts(first, second);
  return first.map((a, j) => jointType(a.type, second[j]!.type, j));
}

function jointType(first: TensorType, second: TensorType, position: number): TensorType {
  if (first.dtype !== second.dtype || first.shape.length !== second.shape.length) {
    const types = `${formatType(first)} and ${formatType(second)}`;
    throw new ShapeError(`ifElse: output ${position} is ${types}`, {
      code: 'OP_BRANCH_SHAPE',
      hint: 'both branches give the same dtype and the same number of axes',
      data: { op: 'ifElse', position, first, second },
    });
  }
  const shape = first.shape.map((n, axis) => (n === second.shape[axis] ? n : null));
  return tensorType(first.dtype, shape);
}

/** Both branches as graphs of their own, of which one is run. */
function lowerBranches({
  inputs: [condition, ...inputs],
  outputs,
  attrs,
  inner,
}: LoweringContext<BranchAttrs>): readonly Statement[] | undefined {
  const [first, second] = [attrs.whenTrue, attrs.whenFalse].map((graph) => {
    const made = inner({ graph, inputs, outputs });
    return made && [...made.before, ...made.each];
  });
  if (first === undefined || second === undefined) return undefined;
  return [ifThen(isNonzero(elementAt(condition!, [])), first, second)];
}

function branchSamples(): readonly OpSample<BranchAttrs>[] {
  const [x, y] = ['x', 'y'].map((name) => new Input(tensorType('float64', [2]), name));
  const whenTrue = new InnerGraph([x!, y!], [mul(x!, y!)]);
  const whenFalse = new InnerGraph([x!, y!], [exp(y!)]);
  const attrs = { whenTrue, whenFalse };
  return [true, false].map((value) => ({
    name: String(value),
    inputs: [{ value, dtype: 'bool' }, [0.5, -1.5], [2, 0.3]],
    attrs,
  }));
}
