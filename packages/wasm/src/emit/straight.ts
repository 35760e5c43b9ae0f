import { bytesOf, registerType } from '@cotangent/loops';
import type { Buffer, For, Local, ReduceOp, Statement, Store } from '@cotangent/loops';
import { FunctionBody } from '../encode/body.ts';
import { opcodes } from '../encode/opcodes.ts';
import type { ElementaryContext } from './elementary.ts';
import { words } from './lanes.ts';
import { chunkIterations } from './outline.ts';
import { identities } from './reduce.ts';
import { RowCode } from './row-code.ts';
import { RowValues } from './row-values.ts';
import type { RowSetting } from './row-values.ts';
import { rowCode } from './rows.ts';

/** What straight code needs of its module. */
export interface StraightOptions {
  readonly context: ElementaryContext;
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** Procedures of fewer statements are left to the builder, whose code is better and slower to make. */
  readonly least: number;
}

/** Statements of this number and more are written straight. */
export const leastStatements = 64;

/** Vectors of a loop take 16 bytes, of one float type. */
const vectorBytes = 16;

/** Accumulations of bodies as cheap as this run in several vectors side by side, which the builder does. */
const cheapOperations = 12;

/**
 * The code of a long procedure without branches: statements on numbers, or one loop over vectors with sums around it.
 * Each value is written where it is first needed, without looking for a better place, so that a graph of many
 * small operations becomes code in a fraction of the time that the builder takes. Same operations, same bits.
 *
 * @returns `undefined` for a procedure of another form.
 */
export function emitStraight(
  statements: readonly Statement[],
  options: StraightOptions,
): Uint8Array<ArrayBuffer> | undefined {
  const at = statements.findIndex(({ kind }) => kind === 'for');
  const loop = statements[at];
  const inside = loop?.kind === 'for' ? loop.body : [];
  if (statements.length + inside.length < options.least) return undefined;
  const all = [...statements, ...inside];
  const float = floatOf(inside.length > 0 ? inside : statements);
  if (float === undefined || all.some(({ kind }) => !kinds.has(kind))) return undefined;
  const straight = new Straight(options, float);
  const isDone =
    loop?.kind === 'for'
      ? straight.loop(statements.slice(0, at), loop, statements.slice(at + 1))
      : straight.numbers(statements);
  return isDone ? straight.body.toBytes() : undefined;
}

const kinds: ReadonlySet<string> = new Set(['let', 'store', 'for', 'accumulate']);

/** The type of the first float that is bound or stored. */
function floatOf(statements: readonly Statement[]): 'f64' | 'f32' | undefined {
  for (const s of statements) {
    const type =
      s.kind === 'store' ? registerType[s.buffer.dtype] : s.kind === 'let' && s.local.type;
    if (type === 'f64' || type === 'f32') return type;
  }
  return undefined;
}

/** A local that a loop accumulates to. */
interface Sum {
  readonly op: ReduceOp;
  readonly local: number;
  /** The local with a partial result for each lane. */
  readonly vector: number;
}

type Action = (code: RowCode) => void;

/** Statements as rows, and what to do with them. */
interface Piece {
  readonly values: RowValues;
  readonly actions: readonly Action[];
}

class Straight {
  readonly body: FunctionBody = new FunctionBody([]);
  readonly #options: StraightOptions;
  readonly #float: 'f64' | 'f32';
  readonly #sums = new Map<Local, Sum>();

  constructor(options: StraightOptions, float: 'f64' | 'f32') {
    this.#options = options;
    this.#float = float;
  }

  /** Statements on numbers. */
  numbers(statements: readonly Statement[]): boolean {
    const piece = this.#piece(statements, this.#setting(false));
    if (piece === undefined) return false;
    const code = new RowCode(this.body, piece.values.rows, this.#float);
    for (const act of piece.actions) act(code);
    return true;
  }

  loop(before: readonly Statement[], loop: For, after: readonly Statement[]): boolean {
    const { from, to } = loop;
    if (!loop.vector || from.kind !== 'const' || from.value !== 0 || to.kind !== 'const')
      return false;
    const trips = to.value;
    // Long loops are cut into calls of a function of their own.
    if (trips >= 2 * chunkIterations || !this.#begin(before, loop.body)) return false;
    const width = vectorBytes / (this.#float === 'f64' ? 8 : 4);
    const whole = Math.floor(trips / width);
    const piece = this.#piece(loop.body, this.#setting(true, loop));
    const isUnrolled = this.#sums.size > 0 && (piece?.values.operations ?? 0) <= cheapOperations;
    if (piece === undefined || isUnrolled) return false;
    if (whole > 0) this.#vectors(piece, whole);
    for (let position = whole * width; position < trips; position++) {
      const rest = this.#piece(loop.body, this.#setting(false, loop, position));
      if (rest === undefined) return false;
      const code = new RowCode(this.body, rest.values.rows, this.#float);
      for (const act of rest.actions) act(code);
    }
    return this.numbers(after);
  }

  #setting(isVector: boolean, loop?: For, position?: number): RowSetting {
    const { context, addresses } = this.#options;
    return { context, addresses, float: this.#float, isVector, index: loop?.index, position };
  }

  /** Sums start at the numbers that the statements before the loop give them. */
  #begin(before: readonly Statement[], inside: readonly Statement[]): boolean {
    const ops = new Map<Local, ReduceOp>();
    for (const s of inside) {
      if (s.kind !== 'accumulate') continue;
      if ((ops.get(s.local) ?? s.op) !== s.op) return false;
      ops.set(s.local, s.op);
    }
    for (const s of before) {
      const op = s.kind === 'let' ? ops.get(s.local) : undefined;
      if (s.kind !== 'let' || s.value.kind !== 'const' || op === undefined) return false;
      const local = this.body.acquire(this.#float);
      this.#number(s.value.value);
      this.body.set(local);
      this.#sums.set(s.local, { op, local, vector: this.body.acquire('v128') });
    }
    return ops.size === this.#sums.size;
  }

  #number(value: number): void {
    if (this.#float === 'f64') this.body.f64(value);
    else this.body.f32(value);
  }

  /** The loop over whole vectors, and what its sums come to. */
  #vectors({ values, actions }: Piece, count: number): void {
    const { body } = this;
    for (const { op, vector } of this.#sums.values()) {
      this.#number(identities[op].float);
      body.op(this.#float === 'f64' ? 'f64x2.splat' : 'f32x4.splat');
      body.set(vector);
    }
    const counter = count > 1 ? body.acquire('i32') : undefined;
    const code = new RowCode(body, values.rows, this.#float, counter);
    if (counter !== undefined) {
      code.prepare();
      body.i32(0);
      body.set(counter);
      body.open('loop');
    }
    for (const act of actions) act(code);
    if (counter !== undefined) this.#again(counter, count * vectorBytes);
    for (const sum of this.#sums.values()) this.#combine(sum);
  }

  #again(counter: number, end: number): void {
    const { body } = this;
    body.get(counter);
    body.i32(vectorBytes);
    body.op('i32.add');
    body.tee(counter);
    body.i32(end);
    body.op('i32.lt_u');
    body.branchIf(0);
    body.end();
  }

  /** Lanes as `combine` takes them: halves first, then neighbours; then what was there. */
  #combine({ op, local, vector }: Sum): void {
    const { body } = this;
    const [lanes, float] = [this.#float === 'f64' ? 'f64x2' : 'f32x4', this.#float] as const;
    if (float === 'f32') {
      for (let k = 0; k < 3; k++) body.get(vector);
      body.bytes('i8x16.shuffle', words(2, 3, 0, 1));
      body.op(`${lanes}.${op}`);
      body.set(vector);
    }
    body.get(local);
    for (const lane of [0, 1]) {
      body.get(vector);
      body.lane(`${lanes}.extract_lane`, lane);
    }
    body.op(`${float}.${op}`);
    body.op(`${float}.${op}`);
    body.set(local);
  }

  /** Statements as rows; `undefined` if some have no simple form. */
  #piece(statements: readonly Statement[], setting: RowSetting): Piece | undefined {
    const values = new RowValues(setting);
    if (setting.index === undefined)
      for (const [name, { local }] of this.#sums)
        values.bind(name, values.rows.add(rowCode.local, name.type, local));
    const actions: Action[] = [];
    const stored = new Set<Buffer>();
    for (const s of statements) {
      const action = this.#action(s, values, setting);
      if (action === undefined || !values.isPossible) return undefined;
      actions.push(action);
      if (s.kind === 'store') stored.add(s.buffer);
    }
    // Loads are written where they are needed, so nothing that is loaded may change.
    for (const buffer of stored) if (values.loaded.has(buffer)) return undefined;
    return { values, actions };
  }

  #action(s: Statement, values: RowValues, { isVector }: RowSetting): Action | undefined {
    if (s.kind === 'let') {
      const row = values.of(s.value);
      const type = values.rows.types[row];
      if (type !== (isVector ? 'v128' : s.local.type) || values.isMask(row)) return undefined;
      values.bind(s.local, row);
      return (code) => code.keep(row);
    }
    if (s.kind === 'store') return this.#store(s, values, isVector);
    if (s.kind !== 'accumulate') return undefined;
    const sum = this.#sums.get(s.local);
    const row = values.of(s.value);
    if (sum === undefined || values.isMask(row)) return undefined;
    values.rows.use(row);
    const target = isVector ? sum.vector : sum.local;
    const shape = isVector ? (this.#float === 'f64' ? 'f64x2' : 'f32x4') : this.#float;
    return (code) => {
      this.body.get(target);
      code.push(row);
      this.body.op(`${shape}.${sum.op}`);
      this.body.set(target);
    };
  }

  #store(s: Store, values: RowValues, isVector: boolean): Action | undefined {
    const { buffer } = s;
    const type = registerType[buffer.dtype];
    const row = values.of(s.value);
    const { offset, isMoving } = values.offsetOf(buffer, s.at);
    if (values.isMask(row) || isMoving !== isVector || bytesOf[buffer.dtype] === 1)
      return undefined;
    if (isVector ? type !== this.#float : values.rows.types[row] !== type) return undefined;
    values.rows.use(row);
    const op = opcodes[isVector ? 'v128.store' : (`${type}.store` as const)];
    return (code) => code.store(op, offset, row);
  }
}
