import { ValueError } from '@cotangent/tensor';

/** @throws ValueError `GRADCHECK_UNKNOWN_OPTION` for a name that is not in `known`. */
export function checkOptionNames(caller: string, options: object, known: readonly string[]): void {
  const option = Object.keys(options).find((name) => !known.includes(name));
  if (option === undefined) return;
  throw new ValueError(`${caller}: unknown option ${JSON.stringify(option)}`, {
    code: 'GRADCHECK_UNKNOWN_OPTION',
    hint: `known are ${known.join(', ')}`,
    data: { option },
  });
}

/** @throws ValueError `GRADCHECK_INVALID_OPTION` unless `value` is absent or `isValid`. */
export function checkOption(
  caller: string,
  option: string,
  value: unknown,
  isValid: boolean,
  allowed: string,
): void {
  if (value === undefined || isValid) return;
  const shown = typeof value === 'number' ? value : (JSON.stringify(value) ?? typeof value);
  throw new ValueError(`${caller}: ${option} is ${shown}`, {
    code: 'GRADCHECK_INVALID_OPTION',
    hint: `it must be ${allowed}`,
    data: { option, value },
  });
}

/** Whether `value` is one of a few literals. */
export function isOneOf(value: unknown, allowed: readonly unknown[]): boolean {
  return allowed.includes(value);
}

/** Whether `value` is a finite number > 0. */
export function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

/** Whether `value` is a finite number ≥ 0. */
export function isNonNegative(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}
