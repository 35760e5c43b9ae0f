import {
  accumulate,
  assign,
  binary,
  buffer,
  compare,
  constantOf,
  convert,
  forLoop,
  i32,
  ifThen,
  index,
  letIn,
  load,
  local,
  registerType,
  select,
  store,
  unary,
  whileLoop,
} from '@cotangent/loops';
import type {
  Buffer,
  ElementType,
  Index,
  Local,
  Procedure,
  Statement,
  Value,
  ValueType,
} from '@cotangent/loops';

/** A small generator of pseudo-random numbers (xorshift); equal seeds give equal programs. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1;
    for (let k = 0; k < 8; k++) this.next();
  }

  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** A whole number below n. */
  below(n: number): number {
    return this.next() % n;
  }

  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

const dtypes = ['float64', 'float32', 'int32', 'uint8', 'bool'] as const;
/** Elements of every buffer: addresses below stay inside. */
export const bufferLength = 120;

export interface RandomProgram {
  readonly procedure: Procedure;
  readonly contents: ReadonlyMap<Buffer, readonly number[]>;
}

/** A procedure whose vector loops are independent and whose sums are exact, with contents for its buffers. */
export function randomProgram(seed: number): RandomProgram {
  const random = new Random(seed);
  return new Generator(random).program();
}

class Generator {
  private readonly random: Random;
  private readonly inputs: readonly Buffer[];
  private readonly outputs: readonly Buffer[];
  private names = 0;

  constructor(random: Random) {
    this.random = random;
    this.inputs = dtypes.map((d) => buffer(`in_${d}`, d));
    this.outputs = dtypes.map((d) => buffer(`out_${d}`, d));
  }

  program(): RandomProgram {
    const body = Array.from({ length: 1 + this.random.below(3) }, () => this.part()).flat();
    const buffers = [...this.inputs, ...this.outputs];
    const contents = new Map(buffers.map((b) => [b, this.content(b.dtype)] as const));
    return { procedure: { name: 'run', buffers, body }, contents };
  }

  private content(dtype: ElementType): readonly number[] {
    const { random } = this;
    const special = [NaN, Infinity, -Infinity, -0, 0, 0.5, -0.5, 1e-300, 2.5, 3e9, -3e9];
    return Array.from({ length: bufferLength }, () => {
      if (dtype === 'bool') return random.below(2);
      if (dtype === 'uint8') return random.below(256);
      if (dtype === 'int32')
        return random.below(8) === 0 ? random.next() | 0 : random.below(64) - 32;
      return random.below(10) === 0 ? random.pick(special) : (random.below(4000) - 2000) / 16;
    });
  }

  private part(): readonly Statement[] {
    switch (this.random.below(6)) {
      case 0:
        return [this.scalarLoop([], 2)];
      case 1:
        return this.reduction();
      case 2:
        return this.whileCounter();
      case 3:
        return [this.columnSums()];
      default:
        return [this.vectorLoop([])];
    }
  }

  private name(prefix: string): string {
    return `${prefix}${this.names++}`;
  }

  private scalarLoop(outer: readonly Index[], depth: number): Statement {
    const i = index(this.name('i'));
    const scope = [...outer, i];
    const body: Statement[] = [];
    const locals: Local[] = [];
    for (let k = 1 + this.random.below(3); k > 0; k--) body.push(...this.statement(scope, locals));
    if (depth > 0 && this.random.below(2) === 0) {
      const inner =
        this.random.below(2) === 0 ? this.scalarLoop(scope, depth - 1) : this.vectorLoop(scope);
      body.push(inner);
    }
    return forLoop(i, i32(this.random.below(2)), i32(this.random.below(7)), body);
  }

  private statement(scope: readonly Index[], locals: Local[]): readonly Statement[] {
    const { random } = this;
    const from = [...this.inputs, ...this.outputs];
    switch (random.below(4)) {
      case 0: {
        const type = random.pick(['f64', 'f32', 'i32'] as const);
        const x = local(this.name('t'), type);
        const first = letIn(x, this.value(type, scope, locals, from, 2));
        locals.push(x);
        if (random.below(2) === 0) return [first];
        return [first, assign(x, binary('add', x, this.value(type, scope, locals, from, 1)))];
      }
      case 1: {
        const condition = this.condition(scope, locals, from);
        const inside = this.storeAnywhere(scope, locals, from);
        return [
          ifThen(
            condition,
            [inside],
            random.below(2) ? [this.storeAnywhere(scope, locals, from)] : [],
          ),
        ];
      }
      default:
        return [this.storeAnywhere(scope, locals, from)];
    }
  }

  private storeAnywhere(
    scope: readonly Index[],
    locals: readonly Local[],
    from: readonly Buffer[],
  ): Statement {
    const out = this.random.pick(this.outputs);
    const type = registerType[out.dtype];
    return store(out, this.address(scope), this.value(type, scope, locals, from, 3));
  }

  /** An affine address of indices below 7, inside a buffer. */
  private address(scope: readonly Index[]): Value {
    let at: Value = i32(this.random.below(10));
    for (const i of scope.slice(-4)) {
      const scale = this.random.below(4);
      if (scale > 0) at = binary('add', scale === 1 ? i : binary('mul', i, i32(scale)), at);
    }
    return at;
  }

  private value(
    type: ValueType,
    scope: readonly Index[],
    locals: readonly Local[],
    from: readonly Buffer[],
    depth: number,
    addressOf: () => Value = () => this.address(scope),
  ): Value {
    const { random } = this;
    const inner = (t: ValueType): Value => this.value(t, scope, locals, from, depth - 1, addressOf);
    if (depth === 0) return this.leaf(type, scope, locals, from, addressOf);
    switch (random.below(7)) {
      case 0:
        return unary(
          random.pick(
            type === 'i32'
              ? (['neg', 'abs'] as const)
              : (['neg', 'abs', 'floor', 'ceil', 'trunc', 'round', 'sqrt'] as const),
          ),
          inner(type),
        );
      case 1:
      case 2: {
        const x = inner(type);
        const y = random.below(4) === 0 ? x : inner(type);
        const ops = ['add', 'sub', 'mul', 'min', 'max', 'div'] as const;
        return binary(
          type === 'i32' && random.below(2)
            ? random.pick(['and', 'or', 'xor'] as const)
            : random.pick(ops),
          x,
          y,
        );
      }
      case 3: {
        const other = random.pick(['f64', 'f32', 'i32'] as const);
        const condition = compare(
          random.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const),
          inner(other),
          inner(other),
        );
        if (type === 'i32' && random.below(2)) return condition;
        const both = random.below(2)
          ? condition
          : binary('and', condition, compare('lt', inner('f32'), inner('f32')));
        return select(both, inner(type), inner(type));
      }
      case 4:
        return convert(type, inner(random.pick(['f64', 'f32', 'i32'] as const)));
      default:
        return this.leaf(type, scope, locals, from, addressOf);
    }
  }

  private leaf(
    type: ValueType,
    scope: readonly Index[],
    locals: readonly Local[],
    from: readonly Buffer[],
    addressOf: () => Value,
  ): Value {
    const { random } = this;
    const fitting = locals.filter((x) => x.type === type);
    if (fitting.length > 0 && random.below(3) === 0) return random.pick(fitting);
    if (random.below(6) === 0) return constantOf(type, random.below(9) - 4);
    if (type === 'i32' && scope.length > 0 && random.below(6) === 0) return random.pick(scope);
    return convert(type, load(random.pick(from), addressOf()));
  }

  private condition(
    scope: readonly Index[],
    locals: readonly Local[],
    from: readonly Buffer[],
  ): Value {
    return compare(
      'lt',
      this.value('f64', scope, locals, from, 1),
      this.value('f64', scope, locals, from, 1),
    );
  }

  /** Each output of a vector loop is stored once, and read nowhere else than where it is stored. */
  private vectorLoop(outer: readonly Index[]): Statement {
    const { random } = this;
    const i = index(this.name('v'));
    const trips = random.below(random.below(2) ? 24 : 6);
    const at = (): Value => this.vectorAddress(i, outer);
    const body: Statement[] = [];
    const locals: Local[] = [];
    const scope = random.below(3) === 0 ? [i] : outer.slice(0, 1);
    for (let k = random.below(3); k > 0; k--) {
      const type = random.pick(['f64', 'f32', 'i32'] as const);
      const x = local(this.name('t'), type);
      body.push(letIn(x, this.value(type, scope, locals, this.inputs, 2, at)));
      locals.push(x);
    }
    const outputs = this.outputs.filter(() => random.below(3) === 0);
    for (const out of outputs) {
      const to = binary(
        'add',
        binary('mul', i, i32(random.pick([1, 1, 1, 2, 3]))),
        i32(random.below(20)),
      );
      const type = random.below(4) === 0 ? 'f64' : registerType[out.dtype];
      const safe = type === registerType[out.dtype] ? type : registerType[out.dtype];
      const sum = this.value(safe, scope, locals, this.inputs, 3, at);
      const inPlace = random.below(3) === 0;
      const old = convert(safe, load(out, to));
      body.push(store(out, to, inPlace ? binary('add', sum, old) : sum));
    }
    return forLoop(i, i32(random.below(3)), i32(trips), body, { vector: true });
  }

  private vectorAddress(i: Index, outer: readonly Index[]): Value {
    const { random } = this;
    const [first] = outer;
    switch (random.below(8)) {
      case 0:
        return first ?? i32(random.below(20));
      case 1:
        return binary('sub', i32(40 + random.below(9)), i);
      case 2:
        return binary('add', binary('mul', i, i32(2 + random.below(2))), i32(random.below(9)));
      case 3: {
        const gathered = load(this.inputs[3] ?? random.pick(this.inputs), i);
        return binary('and', gathered, i32(63));
      }
      default:
        return binary('add', binary('add', i, i32(random.below(30))), first ?? i32(0));
    }
  }

  /** Sums of whole numbers and extremes of anything: exact in every order. */
  private reduction(): readonly Statement[] {
    const { random } = this;
    const type = random.pick(['f64', 'f32', 'i32'] as const);
    const acc = local(this.name('acc'), type);
    const i = index(this.name('r'));
    const op = random.pick(['add', 'min', 'max'] as const);
    const at = binary(
      'add',
      binary('mul', i, i32(random.pick([1, 1, 2, 0]))),
      i32(random.below(9)),
    );
    const [d0, d1, d2, d3] = this.inputs;
    const from = op === 'add' ? random.pick([d3, d2, d3]) : random.pick([d0, d1, d2, d3]);
    const x = load(from ?? random.pick(this.inputs), at);
    const small = op === 'add' ? binary('and', x, i32(63)) : x;
    const out = random.pick(this.outputs);
    return [
      letIn(acc, constantOf(type, random.below(5))),
      forLoop(i, i32(0), i32(random.below(50)), [accumulate(acc, op, convert(type, small))], {
        vector: true,
      }),
      store(out, i32(random.below(20)), convert(registerType[out.dtype], acc)),
    ];
  }

  /** A vector loop around a sequential one. */
  private columnSums(): Statement {
    const { random } = this;
    const type = random.pick(['f64', 'f32', 'i32'] as const);
    const [acc, last] = [local(this.name('acc'), type), local(this.name('last'), type)];
    const [i, k] = [index(this.name('c')), index(this.name('k'))];
    const stride = random.below(12);
    const at = binary('add', i, binary('mul', k, i32(stride)));
    const element = convert(type, load(random.pick(this.inputs), at));
    const out = random.pick(this.outputs);
    const op = random.pick(['min', 'max'] as const);
    const inner = forLoop(k, i32(random.below(2)), i32(random.below(5)), [
      accumulate(acc, op, element),
      assign(last, binary('add', last, element)),
    ]);
    const body = [
      letIn(acc, constantOf(type, 3)),
      letIn(last, convert(type, load(this.inputs[3] ?? random.pick(this.inputs), i))),
      inner,
      store(out, i, convert(registerType[out.dtype], binary('sub', acc, last))),
    ];
    return forLoop(i, i32(0), i32(random.below(40)), body, { vector: true });
  }

  private whileCounter(): readonly Statement[] {
    const k = local(this.name('k'), 'i32');
    const out = this.random.pick(this.outputs);
    const value = this.value(registerType[out.dtype], [], [k], this.inputs, 2);
    return [
      letIn(k, i32(0)),
      whileLoop(compare('lt', k, i32(this.random.below(6))), [
        store(out, k, value),
        assign(k, binary('add', k, i32(1))),
      ]),
    ];
  }
}
