import { ShapeError, DTypeError } from '@cotangent/tensor';
import { applyOp } from './apply.ts';
import type { Apply } from './apply.ts';
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
    const rebuilt = rebuild(node, node.inputs.map(now));
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
  if (inputs.every((x, i) => x === node.inputs[i])) return node;
  const rebuilt = applyOp(node.op, inputs, node.attrs, node.site);
  rebuilt.outputs.forEach((y, i) => {
    const name = node.outputs[i]?.name;
    if (name !== undefined) nameIfUnnamed(y, name);
  });
  return rebuilt;
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
