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
    this.outputs = types.map((type, index) => new Result(type, this, index, source));
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
  inputs.forEach((x, position) => {
    if (!isVariable(x)) throw notAVariable(x, op.name, position);
  });
  const types = op.infer(
    inputs.map((x) => x.type),
    attrs,
    inputs,
  );
  if (op.outputCount !== undefined && types.length !== op.outputCount) {
    throw new ValueError(
      `${op.name}: infer returned ${types.length} types for ${op.outputCount} outputs`,
      { code: 'OP_OUTPUT_COUNT', data: { op: op.name, expected: op.outputCount } },
    );
  }
  return new Apply(op, inputs, attrs, types, site);
}
