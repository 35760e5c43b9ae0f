import { ShapeError, DTypeError } from '@cotangent/tensor';
import { Apply, applyOp } from './apply.ts';
import { topologicalNodes } from './traversal.ts';
import { formatType, shapesConflict } from './types.ts';
import { nameIfUnnamed } from './variable.ts';
import type { Variable } from './variable.ts';

/**
 * The graph of `outputs` with some variables replaced. Nodes are rebuilt only where something beneath
 * them changed, so an untouched part is shared with the original.
 *
 * Replacements are simultaneous: what replaces a variable is taken as it is and not searched itself.
 *
 * @throws DTypeError, ShapeError if a replacement has another dtype or a shape that cannot fit.
 * @example replace([mul(x, y)], new Map([[x, z]])); // [mul(z, y)]
 */
export function replace(
  outputs: readonly Variable[],
  replacements: ReadonlyMap<Variable, Variable>,
): readonly Variable[] {
  for (const [from, to] of replacements) checkReplacement(from, to);
  return replaceUnchecked(outputs, replacements);
}

/** As {@link replace}; what takes another dtype gives its users another one, as far as their ops allow. */
export function replaceUnchecked(
  outputs: readonly Variable[],
  replacements: ReadonlyMap<Variable, Variable>,
): readonly Variable[] {
  const mapped = new Map<Variable, Variable>(replacements);
  const now = (x: Variable): Variable => mapped.get(x) ?? x;
  for (const node of topologicalNodes(outputs, { stop: new Set(replacements.keys()) })) {
    const rebuilt = rebuildMapped(node, mapped);
    if (rebuilt === node) continue;
    node.outputs.forEach((y, i) => {
      if (!mapped.has(y)) mapped.set(y, rebuilt.outputs[i]!);
    });
  }
  return outputs.map(now);
}

/**
 * The same node if no input changed, else a new one on the given inputs, which keeps the site of the
 * original and the names of its results.
 *
 * @throws what the op's inference throws when the new inputs do not fit.
 */
export function rebuild(node: Apply, inputs: readonly Variable[]): Apply {
  if (sameVariables(inputs, node.inputs)) return node;
  return namedLike(applyOp(node.op, inputs, node.attrs, node.site), node);
}

function namedLike(rebuilt: Apply, { outputs }: Apply): Apply {
  for (let i = 0; i < rebuilt.outputs.length; i++) {
    const name = outputs[i]?.name;
    if (name !== undefined) nameIfUnnamed(rebuilt.outputs[i]!, name);
  }
  return rebuilt;
}

/** What variables are replaced by: a map, or a table. */
export interface Replacements {
  /** Of a map: nothing is to be looked up in one that is empty. */
  readonly size?: number;
  readonly get: (x: Variable) => Variable | undefined;
}

/** The node with the inputs replaced for which a map has others; itself if there are none. */
export function rebuildMapped(node: Apply, mapped: Replacements): Apply {
  const inputs = mappedInputs(node, mapped);
  return inputs === undefined ? node : rebuild(node, inputs);
}

/**
 * As {@link rebuildMapped}, for replacements that are equal expressions: what was inferred holds for them too.
 */
export function rebuildEqual(node: Apply, mapped: Replacements): Apply {
  const inputs = mappedInputs(node, mapped);
  if (inputs === undefined) return node;
  const { op, attrs, outputs, site } = node;
  const types = outputs.map((y) => y.type);
  return namedLike(new Apply(op, inputs, attrs, types, site), node);
}

function mappedInputs({ inputs }: Apply, mapped: Replacements): readonly Variable[] | undefined {
  if (mapped.size === 0) return undefined;
  for (let i = 0; i < inputs.length; i++) {
    if (mapped.get(inputs[i]!) !== undefined) return inputs.map((x) => mapped.get(x) ?? x);
  }
  return undefined;
}

/** Whether two lists hold the same variables in the same order. */
export function sameVariables(a: readonly Variable[], b: readonly Variable[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function checkReplacement(from: Variable, to: Variable): void {
  const data = { from: from.toString(), to: to.toString() };
  if (from.dtype !== to.dtype) {
    throw new DTypeError(`replace: ${data.from} cannot become ${data.to}`, {
      code: 'GRAPH_REPLACE_DTYPE',
      hint: `cast the replacement to ${from.dtype}`,
      data,
    });
  }
  if (shapesConflict(from.shape, to.shape)) {
    throw new ShapeError(`replace: ${data.from} cannot become ${data.to}`, {
      code: 'GRAPH_REPLACE_SHAPE',
      hint: `the replacement must fit ${formatType(from.type)}`,
      data,
    });
  }
}
