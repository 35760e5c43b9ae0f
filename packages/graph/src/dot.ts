import type { Apply } from './apply.ts';
import { formatAttrs, formatConstant, formatName, rootTexts } from './format.ts';
import type { RootTexts } from './format.ts';
import { listOf } from './print.ts';
import { topologicalNodes } from './traversal.ts';
import { formatType } from './types.ts';
import type { Variable } from './variable.ts';

/** Options of {@link toDot}. */
export interface DotOptions {
  /** Name of the graph. Default `graph`. */
  readonly name?: string;
  /** Whether edges carry the types of the variables. Default true. */
  readonly types?: boolean;
  /** Write inputs as `in0`, `in1`, … instead of by their names. Default false. */
  readonly canonicalNames?: boolean;
  /** Direction of growth, as Graphviz names it: top to bottom or left to right. Default `TB`. */
  readonly direction?: 'TB' | 'LR';
}

/**
 * A graph as Graphviz DOT text: ellipses for inputs, plain text for constants (with their value if they
 * have at most 8 elements), boxes for uses of an op with its attributes, double circles for outputs; an
 * edge for each use of a variable, with its type, its number among the outputs of its node if there are
 * several, and its position among the inputs. Takes linear time and space.
 *
 * @param variables - one variable or several: the outputs.
 * @example toDot(mul(x, 2)); // 'digraph "graph" { … }': give it to `dot -Tsvg`
 * @see https://graphviz.org/doc/info/lang.html
 */
export function toDot(variables: Variable | readonly Variable[], options: DotOptions = {}): string {
  const outputs = listOf(variables);
  const nodes = topologicalNodes(outputs);
  const ids = new Map<Apply, string>(nodes.map((node, i) => [node, `n${i}`]));
  const roots = rootTexts(outputs, options.canonicalNames ?? false);
  const rootIds = new Map([...roots.of.keys()].map((root, i) => [root, `r${i}`]));
  const idOf = (x: Variable): string =>
    (x.kind === 'result' ? ids.get(x.owner) : rootIds.get(x)) ?? '';
  const types = options.types !== false;
  const lines = [`digraph ${quote(options.name ?? 'graph')} {`];
  lines.push(`  rankdir=${options.direction === 'LR' ? 'LR' : 'TB'};`);
  for (const [root, text] of roots.of)
    lines.push(`  ${idOf(root)} ${rootStyle(root, text, roots)};`);
  for (const node of nodes) {
    lines.push(`  ${ids.get(node)} [shape=box, label=${quote(nodeLabel(node))}];`);
    node.inputs.forEach((x, position) => {
      const label = edgeLabel(x, types, node.inputs.length > 1 ? position : undefined);
      lines.push(`  ${idOf(x)} -> ${ids.get(node)} [label=${quote(label)}];`);
    });
  }
  outputs.forEach((y, i) => {
    const name = options.canonicalNames === true ? undefined : y.name;
    const label = y.kind === 'result' && name !== undefined ? formatName(name) : `output ${i}`;
    lines.push(`  out${i} [shape=doublecircle, label=${quote(label)}];`);
    lines.push(`  ${idOf(y)} -> out${i} [label=${quote(edgeLabel(y, types, undefined))}];`);
  });
  return [...lines, '}'].join('\n');
}

function rootStyle(root: Variable, text: string, roots: RootTexts): string {
  if (root.kind !== 'constant') return `[shape=ellipse, label=${quote(text)}]`;
  const label = roots.named.has(root) ? `${text} = ${formatConstant(root)}` : text;
  return `[shape=plaintext, label=${quote(label)}]`;
}

function nodeLabel({ op, attrs }: Apply): string {
  const attributes = formatAttrs(attrs);
  return attributes === '' ? op.name : `${op.name}\n${attributes}`;
}

function edgeLabel(x: Variable, types: boolean, position: number | undefined): string {
  const parts: string[] = [];
  if (x.kind === 'result' && x.owner.outputs.length > 1) parts.push(`.${x.index}`);
  if (types) parts.push(formatType(x.type));
  const text = parts.join(' ');
  return position === undefined ? text : `${position}: ${text}`.trimEnd();
}

/** A DOT string: quotation marks and backslashes escaped, line ends as `\n`, other controls left out. */
function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\r\n?|\n/g, '\\n')
    .replaceAll(/\p{Cc}/gu, '');
  return `"${escaped}"`;
}
