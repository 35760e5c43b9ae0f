import type { Apply } from './apply.ts';
import type { Variable } from './variable.ts';

/**
 * A value for each variable of a graph, as a map: results of the given nodes lie in an array, by the places that the
 * nodes have in it. In a graph of 10⁵ nodes that takes a fraction of the time and memory of a map.
 */
export class VariableTable<T> {
  readonly #nodes: readonly Apply[];
  /** For each node where the values of its results begin. */
  readonly #starts: Int32Array;
  readonly #values: (T | undefined)[] = [];
  readonly #others = new Map<Variable, T>();
  /** The places of all nodes, once another table has given some of them other places. */
  #exact: Map<Apply, number> | undefined;

  constructor(nodes: readonly Apply[]) {
    this.#nodes = nodes;
    this.#starts = new Int32Array(nodes.length);
    let count = 0;
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!;
      node.place = at;
      this.#starts[at] = count;
      count += node.outputs.length;
    }
    this.#values.length = count;
  }

  get(x: Variable): T | undefined {
    const at = x.kind === 'result' ? this.#placeOf(x.owner) : -1;
    return at < 0 ? this.#others.get(x) : this.#values[this.#starts[at]! + indexOf(x)];
  }

  set(x: Variable, value: T): void {
    const at = x.kind === 'result' ? this.#placeOf(x.owner) : -1;
    if (at < 0) this.#others.set(x, value);
    else this.#values[this.#starts[at]! + indexOf(x)] = value;
  }

  /** The place of a node; −1 if it is none of them. */
  #placeOf(node: Apply): number {
    const nodes = this.#nodes;
    if (this.#exact === undefined) {
      if (nodes[node.place] === node) return node.place;
      // A node that was never in a table is not in this one.
      if (node.place < 0) return -1;
      this.#exact = new Map(nodes.map((each, at) => [each, at] as const));
    }
    return this.#exact.get(node) ?? -1;
  }
}

function indexOf(x: Variable): number {
  return x.kind === 'result' ? x.index : 0;
}
