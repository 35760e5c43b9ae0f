import {
  applyOp,
  InnerGraph,
  innerGraphsOf,
  rebuildMapped,
  replace,
  topologicalNodes,
} from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { runPasses } from './rewrite.ts';
import type { Pass, RewriteLog } from './rewrite.ts';

// Of so many loops before it a loop is compared with each, so that time stays linear.
const mostCompared = 8;

/**
 * What an op knows about itself, and the rewriting of the graphs inside ops. Most graphs have no such op: one walk
 * tells.
 *
 * @param passes - what to run on inner graphs.
 */
export function innerPass(passes: () => readonly Pass[]): Pass {
  const parts = [simplifyNodes(passes), absorb, mergePairs];
  return {
    name: 'inside',
    run: (outputs, log) => {
      const mayApply = topologicalNodes(outputs).some(
        ({ op, attrs }) => op.simplify !== undefined || innerGraphsOf(attrs).length > 0,
      );
      if (!mayApply) return outputs;
      return parts.reduce((current, part) => part.run(current, log), outputs);
    },
  };
}

function simplifyNodes(passes: () => readonly Pass[]): Pass {
  const done = new WeakMap<InnerGraph, InnerGraph>();
  const rewritten = (graph: InnerGraph, log: RewriteLog): InnerGraph => {
    const known = done.get(graph);
    if (known !== undefined) return known;
    const { outputs, log: inside } = runPasses(graph.outputs, passes());
    const isSame = outputs.every((y, i) => y === graph.outputs[i]);
    const result = isSame ? graph : new InnerGraph(graph.inputs, outputs);
    for (const { ops, ...rewrite } of inside.counts) {
      for (const [op, count] of ops) log.record(rewrite, op, count);
    }
    done.set(graph, result);
    done.set(result, result);
    return result;
  };
  return {
    name: 'simplify-ops',
    run: (outputs, log) => {
      const nodes = topologicalNodes(outputs);
      if (!nodes.some(hasMore)) return outputs;
      const used = new Set<Variable>([...outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
      const mapped = new Map<Variable, Variable>();
      const now = (x: Variable): Variable => mapped.get(x) ?? x;
      for (const node of nodes) {
        const current = withGraphs(rebuildMapped(node, mapped), (graph) => rewritten(graph, log));
        const isUsed = node.outputs.map((y) => used.has(y));
        const results = node.op.simplify?.node?.(current, isUsed);
        if (results !== undefined) {
          log.record({ name: `simplify-${node.op.name}`, soundness: 'exact' }, node.op.name);
        }
        const final = results ?? current.outputs;
        node.outputs.forEach((y, i) => {
          if (final[i] !== y) mapped.set(y, final[i]!);
        });
      }
      return outputs.map(now);
    },
  };
}

function hasMore({ op, attrs }: Apply): boolean {
  return op.simplify?.node !== undefined || innerGraphsOf(attrs).length > 0;
}

/** The node with its inner graphs rewritten; itself if nothing changes. */
function withGraphs(node: Apply, rewritten: (graph: InnerGraph) => InnerGraph): Apply {
  const graphs = innerGraphsOf(node.attrs);
  const changed = graphs
    .map(([name, graph]) => [name, rewritten(graph)] as const)
    .filter(([, graph], i) => graph !== graphs[i]![1]);
  if (changed.length === 0) return node;
  return applyOp(
    node.op,
    node.inputs,
    { ...node.attrs, ...Object.fromEntries(changed) },
    node.site,
  );
}

/** Moves what only a branch needs into it. */
const absorb: Pass = {
  name: 'absorb',
  run: (outputs, log) => {
    let current = outputs;
    for (let results = absorbOnce(current, log); results !== undefined;) {
      current = results;
      results = absorbOnce(current, log);
    }
    return current;
  },
};

function absorbOnce(
  outputs: readonly Variable[],
  log: RewriteLog,
): readonly Variable[] | undefined {
  const nodes = topologicalNodes(outputs);
  const candidates = nodes.filter(({ op }) => op.simplify?.absorb !== undefined);
  if (candidates.length === 0) return undefined;
  const uses = countUses(nodes, outputs);
  for (const node of candidates.toReversed()) {
    const results = node.op.simplify?.absorb?.(node, (positions) => onlyFor(node, positions, uses));
    if (results === undefined) continue;
    log.record({ name: 'absorb', soundness: 'exact' }, node.op.name);
    return replace(outputs, new Map(node.outputs.map((y, i) => [y, results[i]!] as const)));
  }
  return undefined;
}

/** How often the results of each node are used, by nodes and as outputs. */
function countUses(
  nodes: readonly Apply[],
  outputs: readonly Variable[],
): ReadonlyMap<Apply, number> {
  const uses = new Map<Apply, number>();
  const count = (x: Variable): void => {
    if (x.kind === 'result') uses.set(x.owner, (uses.get(x.owner) ?? 0) + 1);
  };
  for (const node of nodes) node.inputs.forEach(count);
  outputs.forEach(count);
  return uses;
}

/** The nodes all of whose uses end in these input positions of `node`. */
function onlyFor(
  node: Apply,
  positions: readonly number[],
  uses: ReadonlyMap<Apply, number>,
): readonly Apply[] {
  const met = new Map<Apply, number>();
  const found: Apply[] = [];
  const meet = (x: Variable): void => {
    if (x.kind !== 'result') return;
    const count = (met.get(x.owner) ?? 0) + 1;
    met.set(x.owner, count);
    if (count === uses.get(x.owner)) found.push(x.owner);
  };
  for (const i of positions) meet(node.inputs[i]!);
  for (const each of found) each.inputs.forEach(meet); // an array goes through what is added meanwhile
  return found.toReversed();
}

/** One node in place of two, where an op says so. */
const mergePairs: Pass = {
  name: 'merge-pairs',
  run: (outputs, log) => {
    let current = outputs;
    for (let results = mergeOnce(current, log); results !== undefined;) {
      current = results;
      results = mergeOnce(current, log);
    }
    return current;
  },
};

function mergeOnce(outputs: readonly Variable[], log: RewriteLog): readonly Variable[] | undefined {
  const nodes = topologicalNodes(outputs).filter(({ op }) => op.simplify?.pair !== undefined);
  for (const [k, second] of nodes.entries()) {
    const before = nodes
      .slice(Math.max(0, k - mostCompared), k)
      .filter(({ op }) => op === second.op);
    if (before.length === 0) continue;
    const needed = new Set(topologicalNodes(second.inputs));
    for (const first of before) {
      const results = needed.has(first) ? undefined : second.op.simplify?.pair?.(first, second);
      if (results === undefined) continue;
      log.record({ name: 'merge-pairs', soundness: 'exact' }, second.op.name);
      const pairs = [first, second].flatMap((node, which) =>
        node.outputs.map((y, i) => [y, results[which]![i]!] as const),
      );
      return replace(outputs, new Map(pairs));
    }
  }
  return undefined;
}
