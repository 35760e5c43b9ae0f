import type { Apply } from './apply.ts';
import { formatAttrs, formatConstant, formatName, letters, rootTexts } from './format.ts';
import type { RootTexts } from './format.ts';
import { innerGraphsOf } from './inner-graph.ts';
import { topologicalNodes } from './traversal.ts';
import { formatType } from './types.ts';
import { isVariable } from './variable.ts';
import type { Constant, Input, Result, Variable } from './variable.ts';

/** Options of {@link printExpression}. */
export interface ExpressionOptions {
  /** Whether to write the type of every variable. Default true. */
  readonly types?: boolean;
  /** Write inputs as `in0`, `in1`, … instead of by their names. Default false. */
  readonly canonicalNames?: boolean;
}

/** Options of {@link debugPrint}. */
export interface DebugPrintOptions extends ExpressionOptions {
  /** Most apply nodes to print; the number of those left out follows. Default: all. */
  readonly maxNodes?: number;
}

// Below this depth a subtree is printed apart, so that indentation stays bounded.
const deepest = 24;

/**
 * A graph as a tree, for people. Every node is printed once: one that is used again has a letter, and
 * `↑A` stands for node `A` above. A subtree more than 24 levels deep is cut off: `↓B` stands for node
 * `B`, printed as a tree of its own further below. Takes linear time and space at any depth.
 *
 * @param variables - one variable or several.
 * @example
 * debugPrint(sum(add(exp(x), exp(x))));
 * // sum{axes=[0]} : float64[]
 * // └─ add : float64[?]
 * //    ├─ exp A : float64[?]
 * //    │  └─ x : float64[?]
 * //    └─ ↑A
 */
export function debugPrint(
  variables: Variable | readonly Variable[],
  options: DebugPrintOptions = {},
): string {
  return new TreePrinter(listOf(variables), options).print();
}

/** A variable still to be printed, and where in its tree it stands. */
interface Branch {
  readonly variable: Variable;
  readonly depth: number;
  /** What stands before the line of the variable, and before the lines of its inputs. */
  readonly before: string;
  readonly beforeInputs: string;
}

class TreePrinter {
  readonly #outputs: readonly Variable[];
  readonly #options: DebugPrintOptions;
  readonly #roots: RootTexts;
  readonly #nodes: readonly Apply[];
  readonly #shared: ReadonlySet<Apply>;
  readonly #labels = new Map<Apply, string>();
  readonly #printed = new Set<Apply>();
  readonly #deferred: Result[] = [];
  readonly #lines: string[] = [];

  constructor(outputs: readonly Variable[], options: DebugPrintOptions) {
    this.#outputs = outputs;
    this.#options = options;
    this.#roots = rootTexts(outputs, options.canonicalNames ?? false);
    this.#nodes = topologicalNodes(outputs);
    this.#shared = sharedNodes(outputs, this.#nodes);
  }

  print(): string {
    let isComplete = this.#outputs.every((y) => this.#printTree(y));
    // The list grows meanwhile: a tree that was cut off may be cut off again further down.
    for (const y of this.#deferred) {
      if (isComplete && !this.#printed.has(y.owner)) isComplete = this.#printTree(y);
    }
    const left = this.#nodes.length - this.#printed.size;
    if (left > 0) this.#lines.push(`… and ${left} more ${left === 1 ? 'node' : 'nodes'}`);
    return this.#lines.join('\n');
  }

  /** Whether there was room for the whole tree. */
  #printTree(top: Variable): boolean {
    const limit = this.#options.maxNodes ?? Infinity;
    const stack: Branch[] = [{ variable: top, depth: 0, before: '', beforeInputs: '' }];
    for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
      if (this.#isNew(branch) && this.#printed.size >= limit) return false;
      this.#print(branch, stack);
    }
    return true;
  }

  #isNew({ variable, depth }: Branch): boolean {
    return variable.kind === 'result' && depth < deepest && !this.#printed.has(variable.owner);
  }

  #print(branch: Branch, stack: Branch[]): void {
    const { variable } = branch;
    this.#lines.push(branch.before + this.#describe(branch));
    if (variable.kind !== 'result' || !this.#isNew(branch)) return;
    const { owner } = variable;
    this.#printed.add(owner);
    for (const line of innerLines(owner.attrs, this.#options)) {
      this.#lines.push(`${branch.beforeInputs}┊  ${line}`);
    }
    for (let i = owner.inputs.length - 1; i >= 0; i--) {
      const isLast = i === owner.inputs.length - 1;
      stack.push({
        variable: owner.inputs[i]!,
        depth: branch.depth + 1,
        before: `${branch.beforeInputs}${isLast ? '└─ ' : '├─ '}`,
        beforeInputs: `${branch.beforeInputs}${isLast ? '   ' : '│  '}`,
      });
    }
  }

  #describe(branch: Branch): string {
    const { variable } = branch;
    if (variable.kind !== 'result') return this.#describeRoot(variable);
    if (!this.#isNew(branch)) return this.#reference(variable);
    const { op, attrs } = variable.owner;
    const named = variable.name !== undefined && this.#options.canonicalNames !== true;
    const name = named ? `${formatName(variable.name)} = ` : '';
    const isReferred = this.#shared.has(variable.owner) || this.#labels.has(variable.owner);
    const label = isReferred ? ` ${this.#labelOf(variable.owner)}` : '';
    const text = `${name}${op.name}${formatAttrs(attrs)}${outputSuffix(variable)}${label}`;
    return this.#typed(text, variable);
  }

  #describeRoot(root: Input | Constant): string {
    const text = this.#roots.of.get(root) ?? root.kind;
    const isNamed = root.kind === 'constant' && this.#roots.named.has(root);
    return this.#typed(isNamed ? `${text} = ${formatConstant(root)}` : text, root);
  }

  #reference(variable: Result): string {
    const isAbove = this.#printed.has(variable.owner);
    const isAnnounced = this.#labels.has(variable.owner);
    const text = `${isAbove ? '↑' : '↓'}${this.#labelOf(variable.owner)}${outputSuffix(variable)}`;
    if (!isAbove && !isAnnounced) this.#deferred.push(variable);
    return variable.owner.outputs.length > 1 ? this.#typed(text, variable) : text;
  }

  #labelOf(node: Apply): string {
    const label = this.#labels.get(node) ?? letters(this.#labels.size);
    this.#labels.set(node, label);
    return label;
  }

  #typed(text: string, variable: Variable): string {
    return this.#options.types === false ? text : `${text} : ${formatType(variable.type)}`;
  }
}

/** The nodes that are used more than once, by inputs of other nodes or as outputs. */
function sharedNodes(outputs: readonly Variable[], nodes: readonly Apply[]): ReadonlySet<Apply> {
  const met = new Set<Apply>();
  const shared = new Set<Apply>();
  const meet = (x: Variable): void => {
    if (x.kind !== 'result') return;
    if (met.has(x.owner)) shared.add(x.owner);
    met.add(x.owner);
  };
  outputs.forEach(meet);
  for (const node of nodes) node.inputs.forEach(meet);
  return shared;
}

function outputSuffix({ owner, index }: Result): string {
  return owner.outputs.length > 1 ? `.${index}` : '';
}

/**
 * A graph as a listing, one line per apply node in topological order: the form for test snapshots. It
 * depends only on the structure and on the names of inputs and constants. Takes linear time and space.
 *
 * @param variables - one variable or several; they stand in the last line.
 * @example
 * printExpression(sum(mul(x, 2)));
 * // (x: float64[3]) =>
 * //   %0 = mul(x, 2) : float64[3]
 * //   %1 = sum{axes=[0]}(%0) : float64[]
 * //   return %1
 */
export function printExpression(
  variables: Variable | readonly Variable[],
  options: ExpressionOptions = {},
): string {
  return listing(listOf(variables), options, []).join('\n');
}

/** The lines of a listing, `given` being inputs that stand first, used or not. */
function listing(
  outputs: readonly Variable[],
  options: ExpressionOptions,
  given: readonly Input[],
): readonly string[] {
  const types = options.types !== false;
  const roots = rootTexts(outputs, options.canonicalNames ?? false, given);
  const texts = new Map(roots.of);
  const typed = (x: Variable): string => `${texts.get(x)}${types ? `: ${formatType(x.type)}` : ''}`;
  const lines = [`(${roots.inputs.map(typed).join(', ')}) =>`];
  for (const constant of roots.named) {
    const type = types ? ` : ${formatType(constant.type)}` : '';
    lines.push(`  ${texts.get(constant)} = ${formatConstant(constant)}${type}`);
  }
  let count = 0;
  for (const { op, attrs, inputs, outputs: results } of topologicalNodes(outputs)) {
    for (const y of results) texts.set(y, `%${count++}`);
    const left = results.map((y) => texts.get(y)).join(', ');
    const right = `${op.name}${formatAttrs(attrs)}(${inputs.map((x) => texts.get(x)).join(', ')})`;
    const type = types ? ` : ${results.map((y) => formatType(y.type)).join(', ')}` : '';
    lines.push(`  ${left} = ${right}${type}`);
    for (const line of innerLines(attrs, options)) lines.push(`    ${line}`);
  }
  lines.push(`  return ${outputs.map((y) => texts.get(y)).join(', ')}`);
  return lines;
}

/** The listings of the inner graphs among attributes, each after the name of its attribute. */
function innerLines(attrs: object, options: ExpressionOptions): readonly string[] {
  return innerGraphsOf(attrs).flatMap(([name, { inputs, outputs }]) => {
    const [first, ...rest] = listing(outputs, options, inputs);
    return [`${name}: ${first}`, ...rest];
  });
}

/** One variable or several, as a list. */
export function listOf(variables: Variable | readonly Variable[]): readonly Variable[] {
  return isVariable(variables) ? [variables] : variables;
}
