import { operandsOf } from '@cotangent/loops';
import type { Buffer, Statement, Value } from '@cotangent/loops';
import { ValueError } from '@cotangent/tensor';

/** The largest number of a module's own arithmetic: counters and positions are signed 32-bit integers. */
const largest = 2 ** 31 - 1;

/** @throws ValueError `WASM_TOO_LARGE` if there are more of something than a module can count. */
export function checkCount(count: number): void {
  if (Math.abs(count) <= largest) return;
  throw new ValueError(`wasm: the graph needs loops over ${count} elements, more than ${largest}`, {
    code: 'WASM_TOO_LARGE',
    hint: "work on smaller batches, or compile with mode: 'reference'",
    data: { count },
  });
}

/**
 * Every buffer that some statements read or write, in the order of first mention.
 *
 * @throws ValueError `WASM_TOO_LARGE` if a loop has more iterations than a module can count.
 */
export function buffersIn(statements: readonly Statement[]): readonly Buffer[] {
  const found = new Set<Buffer>();
  const seen = new Set<Value>();
  const stack: (Statement | Value)[] = [...statements].reverse();
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const parts = partsOf(item, found);
    for (let k = parts.length - 1; k >= 0; k--) {
      const part = parts[k]!;
      if (isStatement(part) || !seen.has(part)) stack.push(part);
      if (!isStatement(part)) seen.add(part);
    }
  }
  return [...found];
}

type StatementKind = Statement['kind'];
const statementKinds: ReadonlySet<string> = new Set<StatementKind>([
  'for',
  'let',
  'assign',
  'accumulate',
  'store',
  'if',
  'while',
  'block',
  'matrixProduct',
  'refuse',
]);

function isStatement(item: Statement | Value): item is Statement {
  return statementKinds.has(item.kind);
}

function partsOf(item: Statement | Value, found: Set<Buffer>): readonly (Statement | Value)[] {
  switch (item.kind) {
    case 'for':
      if (item.to.kind === 'const') checkCount(item.to.value);
      return [item.from, item.to, ...item.body];
    case 'let':
    case 'assign':
    case 'accumulate':
      return [item.value];
    case 'store':
      found.add(item.buffer);
      return [item.at, item.value];
    case 'if':
      return [item.condition, ...item.body, ...item.otherwise];
    case 'while':
      return [item.condition, ...item.body];
    case 'block':
      return item.body;
    case 'refuse':
      return [];
    case 'matrixProduct':
      for (const { buffer } of [item.out, item.a, item.b]) found.add(buffer);
      return [item.out.offset, item.a.offset, item.b.offset];
    case 'load':
      found.add(item.buffer);
      return [item.at];
    default:
      return operandsOf(item);
  }
}
