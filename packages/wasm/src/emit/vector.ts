import type { Index, Local, Value } from '@cotangent/loops';
import { evaluate, Memo } from './evaluate.ts';
import {
  binaryLanes,
  compareLanes,
  convertLanes,
  isUniform,
  isVolatile,
  selectLanes,
  unaryLanes,
  uniform,
  vectorOf,
} from './lanes.ts';
import type { Lanes } from './lanes.ts';
import type { Node, Register } from './node.ts';
import type { Scope } from './scope.ts';
import { Transfer } from './transfer.ts';

/** The vector code of values in one vector of iterations of a loop. */
export class VectorScope {
  readonly scope: Scope;
  readonly transfer: Transfer;
  /** Vectors for the locals that are bound, and changed, inside the loop; and for its accumulators. */
  readonly registers: Map<Local, Register> = new Map();
  private readonly bound = new Map<Index | Local, Lanes>();
  private readonly memo = new Memo<Lanes>();
  private readonly forget = (isRegionEnd: boolean): void => this.memo.forget(isRegionEnd);

  constructor(scope: Scope, width: 2 | 4, index: Index, first: Node) {
    this.scope = scope;
    this.transfer = new Transfer(scope, width);
    this.bound.set(index, { type: 'i32', first, stride: 1 });
    scope.builder.onWrite.add(this.forget);
  }

  close(): void {
    this.scope.builder.onWrite.delete(this.forget);
  }

  bind(name: Index | Local, to: Lanes): void {
    this.bound.set(name, to);
    this.memo.forget(true);
  }

  value(x: Value): Lanes {
    return evaluate(x, this.memo, (y, operands) => this.operation(y, operands), isVolatile);
  }

  vector(x: Value): Node {
    return vectorOf(this.scope.builder, this.value(x));
  }

  private operation(x: Value, operands: readonly Lanes[]): Lanes {
    const [p, q, r] = operands;
    const b = this.scope.builder;
    if (x.kind === 'index' || x.kind === 'local') return this.named(x);
    if (operands.every(isUniform)) {
      const firsts = operands.flatMap(({ first }) => first ?? []);
      return uniform(this.scope.operation(x, firsts));
    }
    switch (x.kind) {
      case 'const':
        return uniform(this.scope.scalar(x));
      case 'load':
        return this.transfer.load(x.buffer, p!);
      case 'unary':
        return unaryLanes(b, this.scope.functions, x.op, p!);
      case 'binary':
        return binaryLanes(b, this.scope.functions, x.op, p!, q!);
      case 'compare':
        return compareLanes(b, x.op, p!, q!);
      case 'select':
        return selectLanes(b, p!, q!, r!);
      case 'convert':
        return convertLanes(b, x.to, p!);
      default:
        return x satisfies never;
    }
  }

  private named(x: Index | Local): Lanes {
    const register = x.kind === 'local' ? this.registers.get(x) : undefined;
    if (register && x.kind === 'local')
      return { type: x.type, vector: this.scope.builder.get(register) };
    return this.bound.get(x) ?? uniform(this.scope.scalar(x));
  }
}
