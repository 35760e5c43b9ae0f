import { rebuildMapped, shapesConflict, topologicalNodes } from '@cotangent/graph';
import type { Apply, Op, Variable } from '@cotangent/graph';

/**
 * What a rewrite may change: nothing (`exact`: the same values, signs of zeros apart), last digits
 * (`rounding`), or NaN and infinities into numbers (`widens-domain`, last digits too). Nothing may turn a
 * number into a NaN or swallow an error of the user's.
 */
export type Soundness = 'exact' | 'rounding' | 'widens-domain';

/** What a rewrite may ask about the graph around its node. */
export interface RewriteContext {
  /** How many inputs of nodes, and outputs, a variable serves: a rewrite that would compute it twice asks. */
  readonly uses: (x: Variable) => number;
}

/** A rewrite of one node by what it and its inputs are. */
export interface NodeRewrite {
  /** For `explain`, in the form `remove-cast`. */
  readonly name: string;
  readonly soundness: Soundness;
  /** The ops whose nodes it looks at; absent: every node. */
  readonly ops?: readonly Op[];
  /**
   * It holds for finite numbers only, as x − x = 0 does, and would make a number of a NaN that was meant: `compile` leaves
   * it out unless the option `assumeFinite` is set.
   */
  readonly assumesFinite?: true;
  /**
   * Variables that take the place of the node's outputs, of the same dtypes and shapes; `undefined` where
   * the rewrite does not apply. The inputs of the node are rewritten already.
   */
  readonly apply: (node: Apply, context: RewriteContext) => readonly Variable[] | undefined;
}

/** A step of rewriting: from outputs to outputs of the same values. */
export interface Pass {
  readonly name: string;
  readonly run: (outputs: readonly Variable[], log: RewriteLog) => readonly Variable[];
  /** Run again on its own result, it finds nothing. */
  readonly isIdempotent?: boolean;
}

/** How often a rewrite fired. */
export interface RewriteCount {
  readonly name: string;
  readonly soundness: Soundness;
  /** For each op, how many of its nodes were rewritten. */
  readonly ops: ReadonlyMap<string, number>;
  /** The first few nodes of the graph as it was that were rewritten, or that what was rewritten came from. */
  readonly nodes: readonly Apply[];
}

// Nodes remembered for each rewrite.
const mostNodes = 4;

interface CountBeingMade extends RewriteCount {
  readonly ops: Map<string, number>;
  readonly nodes: Apply[];
}

/** Collects which rewrites fired. */
export class RewriteLog {
  readonly #counts = new Map<string, CountBeingMade>();
  #total = 0;

  record(
    rewrite: Pick<NodeRewrite, 'name' | 'soundness'>,
    op: string,
    count = 1,
    node?: Apply,
  ): void {
    const { name, soundness } = rewrite;
    const known = this.#counts.get(name);
    const entry: CountBeingMade = known ?? { name, soundness, ops: new Map(), nodes: [] };
    this.#counts.set(name, entry);
    if (node !== undefined && entry.nodes.length < mostNodes) entry.nodes.push(node);
    entry.ops.set(op, (entry.ops.get(op) ?? 0) + count);
    this.#total += count;
  }

  /** How many nodes were rewritten so far. */
  get total(): number {
    return this.#total;
  }

  /** In the order in which the rewrites first fired. */
  get counts(): readonly RewriteCount[] {
    return [...this.#counts.values()];
  }
}

/** A graph after rewriting, and what was done. */
export interface Rewritten {
  readonly outputs: readonly Variable[];
  readonly log: RewriteLog;
}

/**
 * Runs passes one after another.
 *
 * @example runPasses([mul(x, add(1, 2))], defaultPasses()).outputs // [mul(x, 3)]
 */
export function runPasses(outputs: readonly Variable[], passes: readonly Pass[]): Rewritten {
  const log = new RewriteLog();
  let current = outputs;
  for (const pass of passes) current = pass.run(current, log);
  return { outputs: current, log };
}

/**
 * A pass that offers every node to some rewrites, inputs before users. The first one that applies wins;
 * what it gives is offered again when the pass runs again (see {@link repeated}). A replacement of another
 * dtype, weakness or static shape is not taken.
 *
 * @example
 * const negNeg: NodeRewrite = {
 *   name: 'neg-neg', // −(−x) = x
 *   soundness: 'exact',
 *   ops: [neg.op],
 *   apply: ({ inputs: [y] }) =>
 *     y?.kind === 'result' && y.owner.op === neg.op ? y.owner.inputs : undefined,
 * };
 * runPasses([neg(neg(x))], [nodePass('signs', [negNeg])]).outputs; // [x]
 */
export function nodePass(name: string, rewrites: readonly NodeRewrite[]): Pass {
  return {
    name,
    run: (outputs, log) => {
      const candidates = candidatesByOp(rewrites);
      const mapped = new Map<Variable, Variable>();
      for (const node of topologicalNodes(outputs)) {
        const current = rebuildMapped(node, mapped);
        const results = rewriteNode(current, candidates(current.op), log) ?? current.outputs;
        if (results === node.outputs) continue;
        node.outputs.forEach((y, i) => mapped.set(y, results[i]!));
      }
      return mapped.size === 0 ? outputs : outputs.map((y) => mapped.get(y) ?? y);
    },
  };
}

/** A pass that runs others in turn until nothing fires, at most `limit` times: time stays linear. */
export function repeated(name: string, passes: readonly Pass[], limit = 8): Pass {
  return {
    name,
    run: (outputs, log) => {
      let current = outputs;
      let idle = 0;
      for (let step = 0; step < limit * passes.length && idle < passes.length; step++) {
        const pass = passes[step % passes.length]!;
        const before = log.total;
        current = pass.run(current, log);
        if (log.total === before) idle++;
        else idle = pass.isIdempotent === true ? 1 : 0;
      }
      return current;
    },
  };
}

function candidatesByOp(rewrites: readonly NodeRewrite[]): (op: Op) => readonly NodeRewrite[] {
  const known = new Map<Op, readonly NodeRewrite[]>();
  return (op) => {
    const found = known.get(op);
    if (found !== undefined) return found;
    const fitting = rewrites.filter(({ ops }) => ops?.includes(op) ?? true);
    known.set(op, fitting);
    return fitting;
  };
}

// A rewrite that is worth it for a variable with one use is left out.
const unknownUses: RewriteContext = { uses: () => Infinity };

function rewriteNode(
  node: Apply,
  candidates: readonly NodeRewrite[],
  log: RewriteLog,
): readonly Variable[] | undefined {
  for (const rewrite of candidates) {
    const results = rewrite.apply(node, unknownUses);
    if (results === undefined || !node.outputs.every((y, i) => replaces(results[i], y))) continue;
    log.record(rewrite, node.op.name, 1, node);
    return results;
  }
  return undefined;
}

/**
 * Whether a variable can stand where another one stood without changing a type further on: dtype and
 * weakness are the same, and the static shapes fit.
 */
export function replaces(to: Variable | undefined, from: Variable): boolean {
  if (to === undefined || to.dtype !== from.dtype || to.type.weak !== from.type.weak) return false;
  return !shapesConflict(to.shape, from.shape);
}
