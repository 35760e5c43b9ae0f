import type { Buffer, Local, Statement } from '@cotangent/loops';

/** The statements nested directly in a statement. */
export function bodyOf(s: Statement): readonly Statement[] {
  if (s.kind === 'for' || s.kind === 'while' || s.kind === 'block') return s.body;
  return s.kind === 'if' ? [...s.body, ...s.otherwise] : [];
}

/** Every statement of a list and of the lists nested in it. */
export function allStatements(body: readonly Statement[]): readonly Statement[] {
  const found: Statement[] = [];
  const pending = [...body].toReversed();
  for (let s = pending.pop(); s; s = pending.pop()) {
    found.push(s);
    pending.push(...bodyOf(s).toReversed());
  }
  return found;
}

/** Buffers that are stored to. */
export function storedBuffers(statements: readonly Statement[]): Set<Buffer> {
  return new Set(
    statements.flatMap((s) => {
      if (s.kind === 'store') return s.buffer;
      return s.kind === 'matrixProduct' ? s.out.buffer : [];
    }),
  );
}

/** Locals whose value changes after they are bound. */
export function changedLocals(statements: readonly Statement[]): Set<Local> {
  return new Set(
    statements.flatMap((s) => (s.kind === 'assign' || s.kind === 'accumulate' ? s.local : [])),
  );
}
