import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import type { Apply } from './apply.ts';
import type { ConnectionPattern } from './op.ts';
import { topologicalNodes } from './traversal.ts';
import type { Variable } from './variable.ts';

/**
 * The connection pattern of a node, all-true when its op declares none.
 *
 * @throws ArgumentTypeError if the op's answer is not an array of arrays of booleans; ValueError if it
 *   does not have one row per input and one column per output.
 */
export function connectionPatternOf(node: Apply): ConnectionPattern {
  const declared = node.op.connectionPattern;
  if (declared === undefined) return node.inputs.map(() => node.outputs.map(() => true));
  const pattern: unknown = typeof declared === 'function' ? declared(node) : declared;
  return checkPattern(node, pattern);
}

function checkPattern(node: Apply, pattern: unknown): ConnectionPattern {
  const { name } = node.op;
  if (!Array.isArray(pattern)) throw patternType(name, 'is not an array');
  if (pattern.length !== node.inputs.length) {
    throw patternSize(name, `${pattern.length} rows for ${node.inputs.length} inputs`);
  }
  return pattern.map((row: unknown, i) => {
    if (!Array.isArray(row)) throw patternType(name, `has a row ${i} that is not an array`);
    if (row.length !== node.outputs.length) {
      throw patternSize(
        name,
        `${row.length} columns in row ${i} for ${node.outputs.length} outputs`,
      );
    }
    return row.map(Boolean);
  });
}

function patternType(op: string, what: string): ArgumentTypeError {
  return new ArgumentTypeError(`${op}: its connection pattern ${what}`, {
    code: 'OP_PATTERN_TYPE',
    hint: 'return pattern[input][output], booleans in an array of arrays',
    data: { op },
  });
}

function patternSize(op: string, what: string): ValueError {
  return new ValueError(`${op}: its connection pattern has ${what}`, {
    code: 'OP_PATTERN_SIZE',
    hint: 'return one row per input and one column per output',
    data: { op },
  });
}

/**
 * The connection pattern of a whole subgraph: `pattern[i][j]` says whether elements of `inputs[i]` can
 * influence elements of `outputs[j]`. For ops with an inner graph. The inputs are taken as given: one
 * does not reach another, even if it is computed from it.
 */
export function ioConnectionPattern(
  inputs: readonly Variable[],
  outputs: readonly Variable[],
): ConnectionPattern {
  const reach = new Map<Variable, ReadonlySet<number>>();
  inputs.forEach((x, i) => reach.set(x, new Set([...(reach.get(x) ?? []), i])));
  const given = new Set(inputs);
  for (const node of topologicalNodes(outputs, { stop: given })) {
    const pattern = connectionPatternOf(node);
    node.outputs.forEach((y, j) => {
      if (given.has(y)) return;
      const sources = node.inputs.filter((_, i) => pattern[i]?.[j]).map((x) => reach.get(x));
      reach.set(y, new Set(sources.flatMap((source) => [...(source ?? [])])));
    });
  }
  return inputs.map((_, i) => outputs.map((y) => reach.get(y)?.has(i) ?? false));
}
