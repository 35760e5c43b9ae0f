import {
  binary,
  compare,
  convert,
  fold,
  i32,
  load,
  operandsOf,
  plus,
  select,
  unary,
} from '@cotangent/loops';
import type { Buffer, MatrixView, Statement, Value } from '@cotangent/loops';

/** Where a buffer lies: element k of it is element k + `shift` of `buffer`. */
export interface Place {
  readonly buffer: Buffer;
  readonly shift: Value;
}

/** Statements in which buffers are parts of others. */
export function relocate(
  statements: readonly Statement[],
  places: ReadonlyMap<Buffer, Place>,
): readonly Statement[] {
  return new Relocation(places).all(statements);
}

/** A value of the same kind on other operands; the same object if they are the same. */
export function withOperands(x: Value, operands: readonly Value[]): Value {
  const before = operandsOf(x);
  let isSame = true;
  for (let k = 0; k < before.length; k++) isSame &&= before[k] === operands[k];
  if (isSame) return x;
  const [p, q, r] = operands;
  switch (x.kind) {
    case 'load':
      return load(x.buffer, p!);
    case 'unary':
      return unary(x.op, p!);
    case 'binary':
      return binary(x.op, p!, q!);
    case 'compare':
      return compare(x.op, p!, q!);
    case 'select':
      return select(p!, q!, r!);
    case 'convert':
      return convert(x.to, p!);
    default:
      return x;
  }
}

/** x + y, constants folded. */
function sum(x: Value, y: Value): Value {
  if (x.kind === 'const') return plus(y, x.value);
  return y.kind === 'const' ? plus(x, y.value) : binary('add', x, y);
}

class Relocation {
  readonly #places: ReadonlyMap<Buffer, Place>;
  /** Values that were rewritten: those shared by statements stay shared. */
  readonly #done = new Map<Value, Value>();

  constructor(places: ReadonlyMap<Buffer, Place>) {
    this.#places = places;
  }

  all(statements: readonly Statement[]): readonly Statement[] {
    return statements.map((s) => this.#one(s));
  }

  #one(s: Statement): Statement {
    switch (s.kind) {
      case 'for':
        return { ...s, from: this.#value(s.from), to: this.#value(s.to), body: this.all(s.body) };
      case 'let':
      case 'assign':
      case 'accumulate':
        return { ...s, value: this.#value(s.value) };
      case 'store': {
        const { buffer, shift } = this.#placeOf(s.buffer);
        return { ...s, buffer, at: sum(shift, this.#value(s.at)), value: this.#value(s.value) };
      }
      case 'if': {
        const [body, otherwise] = [this.all(s.body), this.all(s.otherwise)];
        return { ...s, condition: this.#value(s.condition), body, otherwise };
      }
      case 'while':
        return { ...s, condition: this.#value(s.condition), body: this.all(s.body) };
      case 'block':
        return { ...s, body: this.all(s.body) };
      case 'refuse':
        return s;
      case 'matrixProduct':
        return { ...s, out: this.#matrix(s.out), a: this.#matrix(s.a), b: this.#matrix(s.b) };
      default:
        return s satisfies never;
    }
  }

  #matrix(view: MatrixView): MatrixView {
    const { buffer, shift } = this.#placeOf(view.buffer);
    return { ...view, buffer, offset: sum(shift, this.#value(view.offset)) };
  }

  #placeOf(buffer: Buffer): Place {
    return this.#places.get(buffer) ?? { buffer, shift: i32(0) };
  }

  #value(x: Value): Value {
    return fold<Value>(
      x,
      (y, operands) => {
        const made = withOperands(y, operands);
        if (made.kind !== 'load' || !this.#places.has(made.buffer)) return made;
        const { buffer, shift } = this.#placeOf(made.buffer);
        return load(buffer, sum(shift, made.at));
      },
      this.#done,
    );
  }
}
