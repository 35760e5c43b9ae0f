import type { For, Local, Statement } from '@cotangent/loops';
import type { VectorPlan } from './analysis.ts';
import { binaryOpcode, vectorOf } from './lanes.ts';
import type { Lanes } from './lanes.ts';
import type { Node, Register, Resource } from './node.ts';
import { combine, identityOf } from './reduce.ts';
import { scalarBinary } from './scalar.ts';
import type { Scope } from './scope.ts';
import { VectorScope } from './vector.ts';
import { allStatements, changedLocals, storedBuffers } from './written.ts';

/**
 * A loop in vectors: `unroll` of them side by side while they fit, then one at a time; partial sums are
 * combined, and `tail` runs what is left, one iteration at a time.
 */
export class VectorLoop {
  private readonly scope: Scope;
  private readonly loop: For;
  private readonly plan: VectorPlan;
  /** For each local accumulated to, one vector for each of the `unroll` parts. */
  private readonly accumulators = new Map<Local, readonly Register[]>();

  constructor(scope: Scope, loop: For, plan: VectorPlan) {
    this.scope = scope;
    this.loop = loop;
    this.plan = plan;
  }

  emit(from: Node, to: Node, tail: (from: Node) => void): void {
    const b = this.scope.builder;
    const { width, reductions } = this.plan;
    const unroll = this.partsFor(from, to);
    for (const [local, op] of reductions) {
      const registers = Array.from({ length: unroll }, () => b.register('v128'));
      for (const r of registers) b.set(r, identityOf(b, op, local.type));
      this.accumulators.set(local, registers);
    }
    const middle = unroll > 1 ? this.lastFrom(from, to, width * unroll) : from;
    if (unroll > 1) this.run(from, middle, unroll);
    const end = this.lastFrom(from, to, width);
    this.run(middle, end, 1);
    for (const [local, op] of reductions) {
      const parts = this.accumulators.get(local) ?? [];
      const total = combine(
        b,
        op,
        local.type,
        width,
        parts.map((r) => b.get(r)),
      );
      const register = this.scope.registers.get(local);
      if (register) b.set(register, scalarBinary(b, op, b.get(register), total));
    }
    tail(end);
  }

  /** No more parts than the iterations fill, where their number is known. */
  private partsFor(from: Node, to: Node): number {
    const { width, unroll } = this.plan;
    const trips = this.scope.builder.sub(to, from);
    if (trips.op !== 'i32.const') return unroll;
    return (trips.immediate.value ?? 0) >= width * unroll ? unroll : 1;
  }

  /** from + the largest multiple of `step` that is not beyond `to`. */
  private lastFrom(from: Node, to: Node, step: number): Node {
    const b = this.scope.builder;
    const count = b.sub(to, from);
    if (count.op === 'i32.const') {
      const trips = Math.max(0, count.immediate.value ?? 0);
      return b.add(from, b.i32(trips - (trips % step)));
    }
    const positive = b.op('select', [count, b.i32(0), b.op('i32.gt_s', [count, b.i32(0)])]);
    return b.add(from, b.op('i32.and', [positive, b.i32(-step)]));
  }

  private run(from: Node, to: Node, parts: number): void {
    const { scope, loop, plan } = this;
    const b = scope.builder;
    const changed: Resource[] = [
      ...[...this.accumulators.values()].flat(),
      ...storedBuffers(allStatements(loop.body)),
    ];
    b.count(from, to, plan.width * parts, changed, (i) => {
      const scopes = Array.from({ length: parts }, (_, part) => {
        const first = b.add(i, b.i32(part * plan.width));
        const vectors = new VectorScope(scope, plan.width, loop.index, first);
        for (const [local, registers] of this.accumulators) {
          const register = registers[part];
          if (register) vectors.registers.set(local, register);
        }
        return vectors;
      });
      this.all(loop.body, scopes);
      for (const vectors of scopes) vectors.close();
    });
  }

  /** Each statement for all parts before the next, so that inner loops run once for all of them. */
  private all(body: readonly Statement[], scopes: readonly VectorScope[]): void {
    for (const s of body)
      if (s.kind === 'for') this.inner(s, scopes);
      else for (const vectors of scopes) this.one(s, vectors);
  }

  private inner(s: For, scopes: readonly VectorScope[]): void {
    const { scope } = this;
    const b = scope.builder;
    const statements = allStatements(s.body);
    const registers = [...changedLocals(statements)].flatMap((local) =>
      scopes.flatMap((vectors) => vectors.registers.get(local) ?? []),
    );
    const to = b.frozen(scope.scalar(s.to));
    b.count(scope.scalar(s.from), to, 1, [...registers, ...storedBuffers(statements)], (k) => {
      scope.bind(s.index, k);
      for (const vectors of scopes) vectors.bind(s.index, { type: 'i32', first: k, stride: 0 });
      this.all(s.body, scopes);
    });
  }

  private one(s: Statement, vectors: VectorScope): void {
    const b = this.scope.builder;
    switch (s.kind) {
      case 'let':
        return this.bind(s.local, vectors.value(s.value), vectors);
      case 'assign':
      case 'accumulate': {
        const register = vectors.registers.get(s.local);
        if (register === undefined)
          throw new RangeError('unreachable: the plan has seen the local');
        const value = vectors.vector(s.value);
        const opcode = s.kind === 'accumulate' ? binaryOpcode(s.op, s.local.type) : undefined;
        return b.set(register, opcode ? b.op(opcode, [b.get(register), value]) : value);
      }
      case 'store':
        return vectors.transfer.store(s.buffer, vectors.value(s.at), vectors.value(s.value));
      default:
        throw new RangeError(`unreachable: the plan has refused '${s.kind}'`);
    }
  }

  private bind(local: Local, value: Lanes, vectors: VectorScope): void {
    const b = this.scope.builder;
    if (this.scope.registers.has(local)) {
      const register = vectors.registers.get(local) ?? b.register('v128');
      vectors.registers.set(local, register);
      return b.set(register, vectorOf(b, value));
    }
    const frozen: Lanes = {
      ...value,
      ...(value.first ? { first: b.frozen(value.first) } : {}),
      ...(value.vector ? { vector: b.frozen(value.vector) } : {}),
    };
    for (const n of [frozen.first, frozen.vector, frozen.mask?.node])
      if (n?.isVolatile) b.statement({ kind: 'pin', value: n });
    vectors.bind(local, frozen);
  }
}
