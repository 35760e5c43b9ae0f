import { CotangentError, ValueError } from '@cotangent/tensor';

/** Why a derivative does not exist: mathematically, or because nobody wrote it. */
export type NullReason = 'undefined' | 'not-implemented' | 'unknown';

/** Type of the stand-in for a derivative that is connected and identically zero. */
export class ZeroType {
  readonly kind = 'zero' as const;

  toString(): string {
    return 'ZeroType';
  }
}

/**
 * Type of the stand-in for a derivative that is zero because nothing can flow: no element of the
 * result depends on the elements of the variable. It never has values.
 */
export class DisconnectedType {
  readonly kind = 'disconnected' as const;

  /** A fresh stand-in of this type. */
  variable(name?: string): Absence<DisconnectedType> {
    return new Absence(this, name);
  }

  /** @throws AssertionError always: the type has no values. */
  filter(_value: unknown): never {
    throw noValue('DisconnectedType.filter: a DisconnectedType never holds a value');
  }

  /** @throws AssertionError always: no variable converts to the type. */
  filterVariable(_variable: unknown): never {
    throw noValue('DisconnectedType.filterVariable: no variable converts to a DisconnectedType');
  }

  /** @throws AssertionError always: there are no values to compare. */
  valueEq(_a: unknown, _b: unknown): never {
    throw noValue('DisconnectedType.valueEq: a DisconnectedType has no values to compare');
  }

  toString(): string {
    return 'DisconnectedType';
  }
}

/**
 * Type of the stand-in for a derivative that does not exist. `whyNull` says why, `reason` which kind
 * of why. It contaminates whatever depends on it.
 */
export class NullType {
  readonly kind = 'null' as const;
  readonly whyNull: string;
  readonly reason: NullReason;

  constructor(whyNull = 'no explanation was given', reason: NullReason = 'unknown') {
    this.whyNull = whyNull;
    this.reason = reason;
  }

  /** A fresh stand-in of this type. */
  variable(name?: string): Absence<NullType> {
    return new Absence(this, name);
  }

  /** @throws ValueError always: the type has no values. */
  filter(_value: unknown): never {
    throw nullValue('filter', this.whyNull);
  }

  /** @throws ValueError always: no variable converts to the type. */
  filterVariable(_variable: unknown): never {
    throw nullValue('filterVariable', this.whyNull);
  }

  /** @throws ValueError always: there are no values to compare. */
  valueEq(_a: unknown, _b: unknown): never {
    throw nullValue('valueEq', this.whyNull);
  }

  toString(): string {
    return 'NullType';
  }
}

/**
 * A derivative that is not there, by name: `zero`, `disconnected`, `undefinedAt(why)` or
 * `notImplemented(why)`. It stands where a tangent or cotangent would, and is never computed with.
 */
export class Absence<T extends AbsenceType = AbsenceType> {
  readonly kind = 'absence' as const;
  readonly type: T;
  readonly name: string | undefined;

  constructor(type: T, name?: string) {
    this.type = type;
    this.name = name;
  }

  toString(): string {
    return this.name ?? `<${this.type.toString()}>`;
  }
}

export type AbsenceType = ZeroType | DisconnectedType | NullType;

/** Raised where a value is asked of a type that has none. */
export class AssertionError extends CotangentError {
  override get name(): string {
    return 'AssertionError';
  }
}

/** The shared disconnected type; test with {@link isDisconnected}, never by identity. */
export const disconnectedType: DisconnectedType = /* @__PURE__ */ new DisconnectedType();

/** The shared null type, without an explanation; test with {@link isNull}. */
export const nullType: NullType = /* @__PURE__ */ new NullType();

/** A path exists and the derivative is 0 along it (rounding, a comparison, a cast to integers). */
export const zero: Absence<ZeroType> = /* @__PURE__ */ new Absence(/* @__PURE__ */ new ZeroType());

/** No path: nothing of the output depends on the elements of the input (an index, a shape). */
export const disconnected: Absence<DisconnectedType> = /* @__PURE__ */ new Absence(
  disconnectedType,
);

/** The derivative does not exist; asking for it raises an error that includes `why`. */
export function undefinedAt(why: string): Absence<NullType> {
  return new Absence(new NullType(why, 'undefined'));
}

/** The derivative exists but nobody has written it; asking for it raises an error with `why`. */
export function notImplemented(why: string): Absence<NullType> {
  return new Absence(new NullType(why, 'not-implemented'));
}

/** Whether `value` is the zero, disconnected or null stand-in rather than a variable. */
export function isAbsence(value: unknown): value is Absence {
  return value instanceof Absence;
}

/** Whether `value` stands for a derivative that is identically zero. */
export function isZero(value: unknown): value is Absence<ZeroType> {
  return value instanceof Absence && value.type.kind === 'zero';
}

/** Whether `value` stands for a derivative without a path. */
export function isDisconnected(value: unknown): value is Absence<DisconnectedType> {
  return value instanceof Absence && value.type.kind === 'disconnected';
}

/** Whether `value` stands for a derivative that does not exist. */
export function isNull(value: unknown): value is Absence<NullType> {
  return value instanceof Absence && value.type.kind === 'null';
}

function noValue(message: string): AssertionError {
  return new AssertionError(message, {
    code: 'GRAPH_DISCONNECTED_VALUE',
    hint: 'the type marks a missing path; test for it with isDisconnected',
  });
}

function nullValue(method: string, whyNull: string): ValueError {
  return new ValueError(`NullType.${method}: a NullType has no values (${whyNull})`, {
    code: 'GRAPH_NULL_VALUE',
    hint: 'the type marks a derivative that does not exist; test for it with isNull',
    data: { whyNull },
  });
}
