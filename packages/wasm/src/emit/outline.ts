import { operandsOf } from '@cotangent/loops';
import type { For, Index, Local, ReduceOp, Statement, Value } from '@cotangent/loops';
import { allStatements } from './written.ts';

/** Iterations of an innermost body that one call of an outlined loop runs. */
export const chunkIterations = 16384;

/** How a long loop runs in calls of a function of its own. */
export interface Outline {
  /** Iterations of one call. */
  readonly chunk: number;
  /** Locals of outside that the loop accumulates to. Each call makes a part, combined in order. */
  readonly reductions: readonly (readonly [Local, ReduceOp])[];
  /** What else it reads from outside. */
  readonly names: readonly (Index | Local)[];
}

/**
 * How to run a loop in calls of a function of its own, or `undefined` to leave it where it is. An engine
 * replaces code only between calls, so a long loop in one function would stay in its first, slow form until
 * it ends. The order of sums follows from the loop alone: threads keep it.
 */
export function outlineOf(loop: For): Outline | undefined {
  const trips = tripsOf(loop);
  if (trips === undefined) return undefined;
  const each = workOf(loop.body);
  const chunk = Math.max(1, Math.floor(chunkIterations / each));
  if (trips * each < 2 * chunkIterations || trips <= chunk) return undefined;
  const reductions = reductionsOf(loop);
  const hasOwnCalls = allStatements(loop.body).some(({ kind }) => callers.has(kind));
  if (reductions === undefined || hasOwnCalls) return undefined;
  return { chunk, reductions: [...reductions], names: freeNames([loop]) };
}

const callers: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  'matrixProduct',
  'while',
  'block',
]);

/**
 * The locals of outside that a loop accumulates to, each by one operation and never read; `undefined` if it
 * changes others.
 */
export function reductionsOf(loop: For): ReadonlyMap<Local, ReduceOp> | undefined {
  const statements = allStatements([loop]);
  const inside = boundIn(statements);
  const reductions = new Map<Local, ReduceOp>();
  for (const s of statements) {
    if ((s.kind !== 'assign' && s.kind !== 'accumulate') || inside.has(s.local)) continue;
    if (s.kind === 'assign' || (reductions.get(s.local) ?? s.op) !== s.op) return undefined;
    reductions.set(s.local, s.op);
  }
  const isRead = namesOf(statements).some((name) => name.kind === 'local' && reductions.has(name));
  return isRead ? undefined : reductions;
}

/** Iterations of a loop with constant bounds. */
export function tripsOf({ from, to }: For): number | undefined {
  return from.kind === 'const' && to.kind === 'const' ? to.value - from.value : undefined;
}

/** Iterations of the innermost bodies of a statement list; loops of unknown length count once. */
function workOf(body: readonly Statement[]): number {
  let work = 0;
  for (const s of body) if (s.kind === 'for') work += Math.max(1, tripsOf(s) ?? 1) * workOf(s.body);
  return Math.max(1, work);
}

/** Indices and locals that statements read but do not bind. */
export function freeNames(body: readonly Statement[]): readonly (Index | Local)[] {
  const statements = allStatements(body);
  const inside = boundIn(statements);
  return namesOf(statements).filter((name) => !inside.has(name));
}

function boundIn(statements: readonly Statement[]): ReadonlySet<Index | Local> {
  return new Set<Index | Local>(
    statements.flatMap((s) => (s.kind === 'for' ? s.index : s.kind === 'let' ? s.local : [])),
  );
}

/** Indices and locals that the values of statements read. */
function namesOf(statements: readonly Statement[]): readonly (Index | Local)[] {
  return valuesIn(statements).flatMap((x) => (x.kind === 'index' || x.kind === 'local' ? x : []));
}

/** Every value in statements, each once; not of statements nested in them. */
export function valuesIn(statements: readonly Statement[]): readonly Value[] {
  const seen = new Set<Value>();
  const stack = statements.flatMap(valuesOf);
  for (let x = stack.pop(); x; x = stack.pop()) {
    if (seen.has(x)) continue;
    seen.add(x);
    stack.push(...operandsOf(x));
  }
  return [...seen];
}

function valuesOf(s: Statement): readonly Value[] {
  switch (s.kind) {
    case 'for':
      return [s.from, s.to];
    case 'let':
    case 'assign':
    case 'accumulate':
      return [s.value];
    case 'store':
      return [s.at, s.value];
    case 'if':
    case 'while':
      return [s.condition];
    case 'block':
    case 'refuse':
      return [];
    case 'matrixProduct':
      return [s.out.offset, s.a.offset, s.b.offset];
    default:
      return s satisfies never;
  }
}
