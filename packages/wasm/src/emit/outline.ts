import { operandsOf } from '@cotangent/loops';
import type { For, Index, Local, Statement, Value } from '@cotangent/loops';
import { allStatements } from './written.ts';

/** Iterations of an innermost body that one call of an outlined loop runs. */
export const chunkIterations = 16384;

/**
 * How many iterations of a loop to run in one call of a function of its own, or `undefined` to leave it
 * where it is. An engine replaces code only between calls, so a long loop in one function would stay in
 * its first, slow form until it ends.
 */
export function chunkOf(loop: For, mayAccumulate: ReadonlySet<Local>): number | undefined {
  const trips = tripsOf(loop);
  if (trips === undefined) return undefined;
  const each = workOf(loop.body);
  if (trips * each < 2 * chunkIterations) return undefined;
  if (!isSelfContained(loop, mayAccumulate)) return undefined;
  const chunk = Math.max(1, Math.floor(chunkIterations / each));
  return trips > chunk ? chunk : undefined;
}

function tripsOf({ from, to }: For): number | undefined {
  return from.kind === 'const' && to.kind === 'const' ? to.value - from.value : undefined;
}

/** Iterations of the innermost bodies of a statement list; loops of unknown length count once. */
function workOf(body: readonly Statement[]): number {
  let work = 0;
  for (const s of body) if (s.kind === 'for') work += Math.max(1, tripsOf(s) ?? 1) * workOf(s.body);
  return Math.max(1, work);
}

/** Whether a loop needs no name from outside, but for locals that it accumulates to. */
function isSelfContained(loop: For, mayAccumulate: ReadonlySet<Local>): boolean {
  const statements = [loop, ...allStatements(loop.body)];
  const inside = new Set<Index | Local>(
    statements.flatMap((s) => (s.kind === 'for' ? s.index : s.kind === 'let' ? s.local : [])),
  );
  for (const s of statements) {
    if (s.kind === 'matrixProduct' || s.kind === 'while' || s.kind === 'block') return false;
    const isFree = s.kind === 'assign' || s.kind === 'accumulate';
    if (isFree && !inside.has(s.local) && !(s.kind === 'accumulate' && mayAccumulate.has(s.local)))
      return false;
  }
  return namesOf(statements).every((name) => inside.has(name));
}

/** Indices and locals that statements read but do not bind. */
export function freeNames(body: readonly Statement[]): readonly (Index | Local)[] {
  const statements = allStatements(body);
  const inside = new Set<Index | Local>(
    statements.flatMap((s) => (s.kind === 'for' ? s.index : s.kind === 'let' ? s.local : [])),
  );
  return namesOf(statements).filter((name) => !inside.has(name));
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
      return [];
    case 'matrixProduct':
      return [s.out.offset, s.a.offset, s.b.offset];
    default:
      return s satisfies never;
  }
}
