import { ValueError } from '@cotangent/tensor';
import { rebuild, topologicalNodes } from '@cotangent/graph';
import type { Apply, Op, Variable } from '@cotangent/graph';
import { replaces } from '../rewrite.ts';
import type { NodeRewrite, Pass, RewriteContext, RewriteLog } from '../rewrite.ts';

/**
 * A pass that rewrites until no rewrite applies any more: every node is offered to the rewrites of its op, inputs before
 * users, and what a rewrite gives is offered again. The first rewrite that applies wins. A node that nothing applies to is
 * remembered, so that a second run costs only what changed in between.
 *
 * @throws ValueError `COMPILE_REWRITE_CYCLE` when run, if rewrites undo each other: it names those that fired last.
 */
export function settlingPass(name: string, rewrites: readonly NodeRewrite[]): Pass {
  const byOp = rewritesByOp(rewrites);
  const settled = new Set<Apply>();
  return {
    name,
    isIdempotent: true,
    run: (outputs, log) => new Settling(outputs, byOp, settled, log).run(),
  };
}

/** A node being settled: its inputs first, and if a rewrite fires, then what that gives. */
interface Frame {
  readonly node: Apply;
  /** The node of the graph as it was that this one stands for or comes from. */
  readonly origin: Apply;
  waiting: readonly Variable[];
  next: number;
  /** The node on its settled inputs, once they are. */
  current: Apply;
  results: readonly Variable[] | undefined;
}

// Firings per node beyond which rewrites go round in circles; real chains take a handful.
const budgetPerNode = 50;
const namesInError = 8;

class Settling {
  readonly #outputs: readonly Variable[];
  readonly #byOp: (op: Op) => readonly NodeRewrite[];
  readonly #settled: Set<Apply>;
  readonly #log: RewriteLog;
  /** Nodes in whose place something else now stands. */
  readonly #changed: Apply[] = [];
  readonly #became = new Map<Variable, Variable>();
  readonly #stack: Frame[] = [];
  readonly #last: string[] = [];
  readonly #uses: Uses;
  readonly #context: RewriteContext;
  #budget = 1000;

  constructor(
    outputs: readonly Variable[],
    byOp: (op: Op) => readonly NodeRewrite[],
    settled: Set<Apply>,
    log: RewriteLog,
  ) {
    this.#outputs = outputs;
    this.#byOp = byOp;
    this.#settled = settled;
    this.#log = log;
    this.#uses = new Uses(outputs, (x) => this.#now(x));
    this.#context = { uses: (x) => this.#uses.of(x) };
  }

  run(): readonly Variable[] {
    for (const y of this.#outputs) {
      this.#push(y, undefined);
      while (this.#stack.length > 0) this.#step(this.#stack.at(-1)!);
    }
    // Met again, in another graph, they are to be rewritten again.
    for (const node of this.#changed) this.#settled.delete(node);
    return this.#outputs.map((y) => this.#now(y));
  }

  #now(x: Variable): Variable {
    return this.#became.get(x) ?? x;
  }

  #push(x: Variable, origin: Apply | undefined): void {
    if (x.kind !== 'result' || this.#settled.has(x.owner)) return;
    const node = x.owner;
    this.#settled.add(node);
    // What rewrites make earns nothing: they would never run out.
    if (origin === undefined) this.#budget += budgetPerNode;
    this.#stack.push({
      node,
      origin: origin ?? node,
      waiting: node.inputs,
      next: 0,
      current: node,
      results: undefined,
    });
  }

  #step(frame: Frame): void {
    const { waiting, origin } = frame;
    // What a rewrite made comes from the node that it replaces; inputs are nodes of their own, unless that made them too.
    const from = frame.results !== undefined || frame.origin !== frame.node ? origin : undefined;
    if (frame.next < waiting.length) this.#push(waiting[frame.next++]!, from);
    else if (frame.results === undefined) this.#offer(frame);
    else this.#finish(frame, frame.results);
  }

  /** All inputs are settled. */
  #offer(frame: Frame): void {
    const { node } = frame;
    const current = this.#isChanged(node)
      ? rebuild(
          node,
          node.inputs.map((x) => this.#now(x)),
        )
      : node;
    if (current !== node) this.#follow(node, current.outputs);
    frame.current = current;
    const results = this.#rewrite(current, frame.origin);
    if (results === undefined) {
      if (current === node) this.#stack.pop();
      else {
        this.#settled.add(current);
        this.#finish(frame, current.outputs);
      }
      return;
    }
    frame.results = results;
    frame.waiting = results;
    frame.next = 0;
  }

  #isChanged({ inputs }: Apply): boolean {
    if (this.#became.size === 0) return false;
    for (const x of inputs) if (this.#became.has(x)) return true;
    return false;
  }

  /** The users of the outputs of a node are now those of others. */
  #follow(node: Apply, outputs: readonly Variable[]): void {
    node.outputs.forEach((y, i) => this.#uses.move(y, outputs[i]!));
  }

  #finish({ node, current }: Frame, results: readonly Variable[]): void {
    this.#stack.pop();
    this.#changed.push(node);
    node.outputs.forEach((y, i) => {
      const result = this.#now(results[i]!);
      if (result === y) return;
      this.#became.set(y, result);
      if (current !== node) this.#became.set(current.outputs[i]!, result);
      this.#uses.move(current.outputs[i]!, result);
    });
  }

  #rewrite(node: Apply, origin: Apply): readonly Variable[] | undefined {
    for (const rewrite of this.#byOp(node.op)) {
      const results = rewrite.apply(node, this.#context);
      if (results === undefined || !node.outputs.every((y, i) => replaces(results[i], y))) continue;
      this.#log.record(rewrite, node.op.name, 1, origin);
      this.#spend(rewrite.name);
      return results;
    }
    return undefined;
  }

  #spend(name: string): void {
    this.#budget -= 1;
    if (this.#budget > 2 * namesInError) return;
    this.#last.push(name);
    if (this.#budget > 0) return;
    const rewrites = [...new Set(this.#last)].sort();
    throw new ValueError(`compile: rewrites undo each other: ${rewrites.join(', ')}`, {
      code: 'COMPILE_REWRITE_CYCLE',
      hint: "leave one of them out; rewrites: 'none' compiles the graph as it is",
      data: { rewrites },
    });
  }
}

/** How many inputs and outputs each variable serves; what rewriting makes counts as used once. Counted when first asked. */
class Uses {
  readonly #outputs: readonly Variable[];
  readonly #now: (x: Variable) => Variable;
  #counts: Map<Variable, number> | undefined;

  constructor(outputs: readonly Variable[], now: (x: Variable) => Variable) {
    this.#outputs = outputs;
    this.#now = now;
  }

  of(x: Variable): number {
    this.#counts ??= this.#count();
    return this.#counts.get(x) ?? 1;
  }

  /** The users of one variable are now those of another. */
  move(from: Variable, to: Variable): void {
    const count = this.#counts?.get(from);
    if (this.#counts === undefined || count === undefined || from === to) return;
    this.#counts.delete(from);
    this.#counts.set(to, (this.#counts.get(to) ?? 0) + count);
  }

  #count(): Map<Variable, number> {
    const counts = new Map<Variable, number>();
    const add = (x: Variable): void => {
      const y = this.#now(x);
      if (y.kind === 'result') counts.set(y, (counts.get(y) ?? 0) + 1);
    };
    this.#outputs.forEach(add);
    for (const { inputs } of topologicalNodes(this.#outputs)) inputs.forEach(add);
    return counts;
  }
}

function rewritesByOp(rewrites: readonly NodeRewrite[]): (op: Op) => readonly NodeRewrite[] {
  const known = new Map<Op, readonly NodeRewrite[]>();
  return (op) => {
    const found = known.get(op) ?? rewrites.filter(({ ops }) => ops?.includes(op) ?? true);
    known.set(op, found);
    return found;
  };
}
