import { ValueError } from '@cotangent/tensor';
import { recordNode } from './recording.ts';
import { currentSite } from './site.ts';
import type { ConstructionSite } from './site.ts';
import type { Op } from './op.ts';
import type { TensorType } from './types.ts';
import { Result, isVariable, shapeSourceOf } from './variable.ts';
import type { Variable } from './variable.ts';
import { notAVariable } from './operand.ts';

/** The attributes of nodes that have none: one object for all, since graphs are large. */
export const noAttrs: object = /* @__PURE__ */ Object.freeze({});

/** One use of an op: its inputs, its attributes, and the results it makes. Immutable. */
export class Apply {
  readonly kind = 'apply' as const;
  readonly op: Op;
  readonly inputs: readonly Variable[];
  readonly attrs: object;
  readonly outputs: readonly Result[];
  /** Where user code built the node; recorded only inside `withConstructionSites`. */
  readonly site: ConstructionSite | undefined;
  /** The number of the last walk that met the node: a mark that costs less than a set. For `topologicalNodes` alone. */
  lastWalk = 0;
  /** Where it is in the nodes of the last `VariableTable` made for it; −1 if it was in none. For those tables alone. */
  place = -1;

  /** Use {@link applyOp}, which infers the output types. */
  constructor(
    op: Op,
    inputs: readonly Variable[],
    attrs: object,
    types: readonly TensorType[],
    site: ConstructionSite | undefined = currentSite(),
  ) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.site = site;
    const like = op.shapeLike?.(inputs, attrs);
    const source = like && shapeSourceOf(like);
    const [type] = types;
    this.outputs =
      types.length === 1 && type !== undefined
        ? [new Result(type, this, 0, source)]
        : types.map((each, index) => new Result(each, this, index, source));
    recordNode(this);
  }
}

/**
 * Applies an op: checks the inputs, infers the types of the outputs and builds the node.
 *
 * @param site - where the node counts as built; default: here, if sites are being recorded.
 * @throws ValueError if the number of inputs is wrong; ArgumentTypeError if one is not a variable;
 *   whatever the op's inference throws when types do not fit.
 */
export function applyOp(
  op: Op,
  inputs: readonly Variable[],
  attrs: object = noAttrs,
  site?: ConstructionSite,
): Apply {
  if (op.inputCount !== undefined && inputs.length !== op.inputCount) {
    throw new ValueError(`${op.name}: expected ${op.inputCount} inputs, got ${inputs.length}`, {
      code: 'GRAPH_INPUT_COUNT',
      data: { op: op.name, expected: op.inputCount, got: inputs.length },
    });
  }
  const given: TensorType[] = [];
  for (let position = 0; position < inputs.length; position++) {
    const x = inputs[position]!;
    if (!isVariable(x)) throw notAVariable(x, op.name, position);
    given.push(x.type);
  }
  const types = op.infer(given, attrs, inputs);
  if (op.outputCount !== undefined && types.length !== op.outputCount) {
    throw new ValueError(
      `${op.name}: infer returned ${types.length} types for ${op.outputCount} outputs`,
      { code: 'OP_OUTPUT_COUNT', data: { op: op.name, expected: op.outputCount } },
    );
  }
  return new Apply(op, inputs, attrs, types, site);
}
