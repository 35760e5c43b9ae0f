import type { Apply } from './apply.ts';
import { bytesOf } from './bytes.ts';
import { rebuildEqual } from './clone.ts';
import { ConstantClasses, typeKey } from './constant-classes.ts';
import { hashBytes, hashText } from './hash.ts';
import { InnerGraph } from './inner-graph.ts';
import { ListTable } from './list-table.ts';
import { dataKey } from './plain.ts';
import { rootsOf, topologicalNodes } from './traversal.ts';
import { sameType } from './types.ts';
import type { TensorType } from './types.ts';
import { VariableTable } from './variable-table.ts';
import type { Constant, Input, Variable } from './variable.ts';

/** Options of {@link structurallyEqual}. */
export interface EqualityOptions {
  /** Pairs of variables, one of each side, that count as equal; by default only a variable itself does. */
  readonly inputs?: readonly (readonly [Variable, Variable])[];
}

/**
 * Whether two lists of variables are the same expressions: the same op records with equal attributes
 * applied to equal inputs. Constants are equal if their dtype, shape and bits are (so 0 and −0 differ
 * and a NaN equals itself), inputs if they are the same object or paired. Names are not compared, nor is
 * whether a repeated expression is one shared node or several. Takes linear time.
 *
 * @param options.inputs - pairs `[of a, of b]`, results allowed; a pair of different types makes the
 *   answer `false`.
 * @example
 * structurallyEqual([mul(x, 2)], [mul(x, 2)]);                        // true
 * structurallyEqual([mul(x, 2)], [mul(y, 2)], { inputs: [[x, y]] });  // true
 */
export function structurallyEqual(
  a: readonly Variable[],
  b: readonly Variable[],
  options: EqualityOptions = {},
): boolean {
  if (a.length !== b.length) return false;
  const table = new ClassTable();
  const givenA = new Map<Variable, number>();
  const givenB = new Map<Variable, number>();
  for (const [x, y] of options.inputs ?? []) {
    if (!sameWeakType(x.type, y.type)) return false;
    const shared = table.fresh();
    givenA.set(x, shared);
    givenB.set(y, shared);
  }
  const classesA = table.classesOf(a, givenA);
  const classesB = table.classesOf(b, givenB);
  return classesA.every((number, i) => number === classesB[i]);
}

/** Options of {@link mergeEqual}. */
export interface MergeOptions {
  /** Called with each node that an equal one takes the place of. */
  readonly onMerge?: (node: Apply) => void;
}

/**
 * The same expressions with equal parts shared (common subexpressions merged): of equal nodes, and of
 * equal constants, only the first remains. What has nothing to merge comes back as it is, so that the
 * function is idempotent. Takes linear time.
 *
 * @example mergeEqual([add(exp(x), exp(x))]); // one exp, used twice
 */
export function mergeEqual(
  outputs: readonly Variable[],
  options: MergeOptions = {},
): readonly Variable[] {
  const nodes = topologicalNodes(outputs);
  const table = new ClassTable(nodes);
  const first: Variable[] = [];
  const merged = new VariableTable<Variable>(nodes);
  let count = 0;
  const merge = (x: Variable, kept: Variable): void => {
    if (kept === x) return;
    merged.set(x, kept);
    count++;
  };
  const meetConstant = (x: Constant): void => merge(x, (first[table.classOf(x)] ??= x));
  const classOf = (x: Variable): number => table.classOf(x);
  for (const node of nodes) {
    for (const x of node.inputs) if (x.kind === 'constant') meetConstant(x);
    // What an op does, it does as often as it stands there.
    const number = node.op.effect === true ? table.freshFor(node) : table.addNode(node, classOf);
    const known = first[number];
    const same = known?.kind === 'result' ? known.owner : undefined;
    if (same !== undefined) options.onMerge?.(node);
    const kept = same ?? (count === 0 ? node : rebuildEqual(node, merged));
    for (let i = 0; i < kept.outputs.length; i++) {
      const representative = kept.outputs[i]!;
      table.assign(node.outputs[i]!, number + i);
      merge(node.outputs[i]!, representative);
      first[number + i] = representative;
    }
  }
  for (const y of outputs) if (y.kind === 'constant') meetConstant(y);
  return count === 0 ? outputs : outputs.map((y) => merged.get(y) ?? y);
}

/**
 * A hash of the expressions, 16 hexadecimal digits: structurally equal expressions have equal hashes,
 * also when their inputs are other objects (inputs count by type and order of appearance). It depends on
 * no run, engine or platform; functions and objects in attributes are left out. Not cryptographic.
 *
 * @example structuralHash([mul(x, y)]) === structuralHash([mul(u, v)]); // true
 */
export function structuralHash(outputs: readonly Variable[]): string {
  return hashOf(outputs, []);
}

/** As {@link structuralHash}; inputs count by type and order in `inputs`, then of appearance. */
function hashOf(outputs: readonly Variable[], inputs: readonly Input[]): string {
  const hashes = new Map<Variable, string>();
  let inputCount = 0;
  for (const x of inputs) hashes.set(x, hashText(`input ${inputCount++} ${typeKey(x.type)}`));
  for (const root of rootsOf(outputs)) {
    if (hashes.has(root)) continue;
    const kind = root.kind === 'input' ? `input ${inputCount++}` : hashBytes(bytesOf(root.value));
    hashes.set(root, hashText(`${kind} ${typeKey(root.type)}`));
  }
  for (const node of topologicalNodes(outputs)) {
    const args = node.inputs.map((x) => hashes.get(x)).join();
    const base = `${node.op.name} ${dataKey(node.attrs, leafHash)} ${args}`;
    node.outputs.forEach((y, i) => hashes.set(y, hashText(`${i} ${base}`)));
  }
  return hashText(outputs.map((y) => hashes.get(y)).join());
}

function leafHash(leaf: unknown): string {
  return leaf instanceof InnerGraph ? hashOf(leaf.outputs, leaf.inputs) : typeof leaf;
}

function sameInner(a: InnerGraph, b: InnerGraph): boolean {
  if (a.inputs.length !== b.inputs.length) return false;
  const inputs = a.inputs.map((x, i) => [x, b.inputs[i]!] as const);
  return structurallyEqual(a.outputs, b.outputs, { inputs });
}

/** Gives variables numbers, equal exactly for equal expressions. */
class ClassTable {
  #count = 0;
  readonly #byVariable: VariableTable<number>;
  /** Nodes by op, attributes and classes of inputs, and the classes of their first outputs. */
  readonly #nodes = new ListTable();
  readonly #firstOf: number[] = [];
  readonly #identities = new Map<unknown, number>();
  readonly #inner = new Map<string, InnerGraph[]>();
  readonly #attrs = new Map<object, number>();
  readonly #constants = new ConstantClasses(() => this.fresh());
  /** The key of the node that is looked up. */
  readonly #key: number[] = [];

  /** @param nodes - whose results get most of the numbers. */
  constructor(nodes: readonly Apply[] = []) {
    this.#byVariable = new VariableTable(nodes);
  }

  /** A number that nothing else has. */
  fresh(): number {
    return this.#count++;
  }

  /** Numbers that nothing else has for the outputs of a node: the first of them. */
  freshFor({ outputs }: Apply): number {
    const first = this.#count;
    this.#count += outputs.length;
    return first;
  }

  /** The classes of `outputs`, those of some variables being given. */
  classesOf(outputs: readonly Variable[], given: ReadonlyMap<Variable, number>): readonly number[] {
    const classes = new Map(given);
    const classOf = (x: Variable): number => classes.get(x) ?? this.classOf(x);
    for (const node of topologicalNodes(outputs, { stop: new Set(given.keys()) })) {
      const first = this.addNode(node, classOf);
      node.outputs.forEach((y, i) => {
        if (!given.has(y)) classes.set(y, first + i);
      });
    }
    return outputs.map(classOf);
  }

  /** The class of a root, or of a result that was assigned one. */
  classOf(x: Variable): number {
    const known = this.#byVariable.get(x);
    if (known !== undefined) return known;
    const number = x.kind === 'constant' ? this.#constants.classOf(x) : this.fresh();
    this.#byVariable.set(x, number);
    return number;
  }

  assign(x: Variable, number: number): void {
    this.#byVariable.set(x, number);
  }

  /** The class of the first output of a node; those of the others follow it. */
  addNode(node: Apply, classOf: (x: Variable) => number): number {
    const { op, attrs, inputs } = node;
    const key = this.#key;
    key[0] = this.#identify(op);
    key[1] = this.#attrsNumber(attrs);
    for (let i = 0; i < inputs.length; i++) key[i + 2] = classOf(inputs[i]!);
    const number = this.#nodes.numberOf(key, inputs.length + 2);
    if (number === this.#firstOf.length) {
      this.#firstOf.push(this.freshFor(node));
    }
    return this.#firstOf[number]!;
  }

  #attrsNumber(attrs: object): number {
    const known = this.#attrs.get(attrs);
    if (known !== undefined) return known;
    const number = this.#identify(dataKey(attrs, (leaf) => String(this.#identify(leaf))));
    this.#attrs.set(attrs, number);
    return number;
  }

  #identify(leaf: unknown): number {
    const known = this.#identities.get(leaf);
    if (known !== undefined) return known;
    const equal = leaf instanceof InnerGraph ? this.#equalInner(leaf) : leaf;
    const number = this.#identities.get(equal) ?? this.#identities.size;
    this.#identities.set(leaf, number);
    return number;
  }

  /** The first inner graph met that is equal to this one. */
  #equalInner(graph: InnerGraph): InnerGraph {
    const hash = leafHash(graph);
    const bucket = this.#inner.get(hash) ?? [];
    const found = bucket.find((other) => sameInner(other, graph));
    if (found === undefined) this.#inner.set(hash, [...bucket, graph]);
    return found ?? graph;
  }
}

function sameWeakType(a: TensorType, b: TensorType): boolean {
  return sameType(a, b) && a.weak === b.weak;
}
