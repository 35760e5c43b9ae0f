import { debugPrint, printExpression, topologicalNodes } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import type { Settings } from './options.ts';
import type { Program } from './program.ts';
import type { Request } from './request.ts';
import type { RewriteLog } from './rewrite.ts';

// A longer schedule is printed as a tree that is cut off.
const longestListing = 1000;

/** What a compiled function does, as text. */
export function explainPlan(
  request: Request,
  settings: Settings,
  log: RewriteLog,
  program: Program,
): string {
  const { name, mode, backend } = settings;
  const before = topologicalNodes(request.outputs).length;
  const runs = mode === 'reference' ? '' : ` on backend ${backend.name}`;
  return [
    `${name}: mode ${mode}${runs}`,
    `${counted(request.inputs.length, 'input')}, ${counted(request.outputCount, 'output')}, ${counted(request.updated.length, 'update')}, ${counted(request.read.length, 'shared variable')} read`,
    `rewrites: ${before} → ${counted(program.nodes.length, 'node')}`,
    ...rewriteLines(log),
    'schedule:',
    schedule(
      program.outputs.map((slot) => program.variables[slot]!),
      program.nodes.length,
    ),
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function rewriteLines(log: RewriteLog): readonly string[] {
  return log.counts.flatMap(({ name, soundness, ops, nodes }) => {
    const parts = [...ops].map(([op, count]) => `${count} ${op}`);
    const places = new Set(
      nodes.flatMap(({ op, site }) =>
        site === undefined ? [] : [`    ${op.name} at ${site.toString()}`],
      ),
    );
    return [`  ${name} (${soundness}): ${parts.join(', ')}`, ...places];
  });
}

function schedule(outputs: readonly Variable[], nodeCount: number): string {
  return nodeCount <= longestListing
    ? printExpression(outputs)
    : debugPrint(outputs, { maxNodes: longestListing });
}
