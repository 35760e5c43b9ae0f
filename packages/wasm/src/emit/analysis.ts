import { operandsOf } from '@cotangent/loops';
import type {
  BinaryOp,
  For,
  Index,
  Local,
  ReduceOp,
  Statement,
  Value,
  ValueType,
} from '@cotangent/loops';
import { registerType } from '@cotangent/loops';
import { evaluate, Memo } from './evaluate.ts';
import { isExact } from './scalar.ts';
import { allStatements } from './written.ts';

/** How a loop can run in vectors. */
export interface VectorPlan {
  /** Iterations in one vector. */
  readonly width: 2 | 4;
  /** Locals of outside that the loop accumulates to, and how. */
  readonly reductions: ReadonlyMap<Local, ReduceOp>;
  /** Vectors side by side: several where the chain of accumulations would be waited for. */
  readonly unroll: 1 | 4;
}

interface Fact {
  readonly type: ValueType;
  readonly varies: boolean;
}

/** More operations than this in a body keep the processor busy without unrolling. */
const cheapOperations = 12;

/** Operations that vectors have only for all lanes alike. */
const shifts: ReadonlySet<BinaryOp> = new Set<BinaryOp>(['shl', 'shrS', 'shrU', 'rotl']);

/** The plan for a loop marked `vector`, or `undefined` if it must run one iteration at a time. */
export function planVector(loop: For): VectorPlan | undefined {
  return new Analysis(loop).plan();
}

class Analysis {
  private readonly loop: For;
  private readonly statements: readonly Statement[];
  private readonly inside: ReadonlySet<Local>;
  private readonly varying = new Set<Index | Local>();
  private readonly memo = new Memo<Fact>();
  private readonly read = new Set<Local>();
  private readonly reductions = new Map<Local, ReduceOp>();
  private operations = 0;
  private isWide = false;
  private isPossible = true;
  private callsFunctions = false;

  constructor(loop: For) {
    this.loop = loop;
    this.statements = allStatements(loop.body);
    this.inside = new Set(this.statements.flatMap((s) => (s.kind === 'let' ? s.local : [])));
    this.varying.add(loop.index);
    for (const local of this.inside) this.varying.add(local);
  }

  plan(): VectorPlan | undefined {
    for (const s of this.statements) this.visit(s);
    if ([...this.reductions.keys()].some((local) => this.read.has(local))) return undefined;
    if (!this.isPossible) return undefined;
    const sums = this.statements.some((s) => s.kind === 'accumulate');
    const isCheap = !this.callsFunctions && this.operations <= cheapOperations;
    const { reductions } = this;
    return { width: this.isWide ? 2 : 4, reductions, unroll: sums && isCheap ? 4 : 1 };
  }

  private visit(s: Statement): void {
    switch (s.kind) {
      case 'let':
        return this.widen(this.fact(s.value), s.local.type);
      case 'assign':
        this.fact(s.value);
        this.isPossible &&= this.inside.has(s.local);
        return;
      case 'accumulate':
        this.fact(s.value);
        this.widen({ type: s.local.type, varies: true }, s.local.type);
        return this.reduce(s.local, s.op);
      case 'store':
        this.fact(s.at);
        this.widen({ ...this.fact(s.value), varies: true }, registerType[s.buffer.dtype]);
        return;
      case 'for':
        this.isPossible &&= !s.vector && !this.fact(s.from).varies && !this.fact(s.to).varies;
        return;
      case 'if':
      case 'while':
      case 'block':
      case 'matrixProduct':
      case 'refuse':
        this.isPossible = false;
        return;
      default:
        return s satisfies never;
    }
  }

  private widen({ varies, type }: Fact, stored: ValueType): void {
    if (varies && (type === 'f64' || stored === 'f64')) this.isWide = true;
  }

  private reduce(local: Local, op: ReduceOp): void {
    if (this.inside.has(local)) return;
    this.isPossible &&= (this.reductions.get(local) ?? op) === op;
    this.reductions.set(local, op);
  }

  private fact(x: Value): Fact {
    return evaluate(
      x,
      this.memo,
      (y, operands) => this.observe(y, operands),
      () => false,
    );
  }

  private observe(x: Value, operands: readonly Fact[]): Fact {
    const varies =
      operands.some((operand) => operand.varies) ||
      ((x.kind === 'index' || x.kind === 'local') && this.varying.has(x));
    const type = this.typeOf(x, operands);
    if (x.kind === 'local') this.read.add(x);
    if (varies && operandsOf(x).length > 0) this.count(x, type, operands);
    if (varies && type === 'f64') this.isWide = true;
    return { type, varies };
  }

  private count(x: Value, type: ValueType, operands: readonly Fact[]): void {
    if (type !== 'i32') this.operations++;
    if (x.kind === 'unary' && !isExact(x.op)) this.callsFunctions = true;
    if (x.kind === 'unary' && type === 'i32' && (x.op === 'sqrt' || !isExact(x.op)))
      this.isPossible = false;
    if (x.kind !== 'binary' || type !== 'i32') return;
    if (x.op === 'div' || x.op === 'rem') this.isPossible = false;
    if (shifts.has(x.op) && operands[1]?.varies) this.isPossible = false;
  }

  private typeOf(x: Value, operands: readonly Fact[]): ValueType {
    if (x.kind === 'local' || x.kind === 'const') return x.type;
    if (x.kind === 'load') return registerType[x.buffer.dtype];
    if (x.kind === 'convert') return x.to;
    if (x.kind === 'select') return operands[1]?.type ?? 'i32';
    return x.kind === 'unary' || x.kind === 'binary' ? (operands[0]?.type ?? 'i32') : 'i32';
  }
}
