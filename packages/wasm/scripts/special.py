#!/usr/bin/env python3
"""Writes the coefficients of the special functions: python3 special.py > ../../ops/src/special/coefficients.ts

Each fit states the function fitted, the weight that turns its error into a relative error of the final
result, the interval and the degrees. Needs mpmath."""

from mpmath import mp, mpf, digamma, erf, erfc, exp, findroot, log, loggamma, pi, polygamma, sqrt, zeta, bernoulli, factorial

import remez

TINY = mpf("1e-9")
ROOT = findroot(digamma, mpf("1.4616321449683623"))


def of_inverse_square(f):
    """f as a function of z = 1/x²."""
    return lambda z: f(1 / sqrt(z))


def stirling(x):
    return x * (loggamma(x) - ((x - mpf(1) / 2) * log(x) - x + log(2 * pi) / 2))


def digamma_tail(x):
    return x * x * (log(x) - 1 / (2 * x) - digamma(x))


def trigamma_tail(x):
    return x**3 * (polygamma(1, x) - 1 / x - 1 / (2 * x * x))


def over_root(x):
    return digamma(x) / (x - ROOT) if abs(x - ROOT) > mpf("1e-25") else polygamma(1, ROOT)


def over_roots(x):
    """log Γ(x) / ((x − 1)(x − 2))."""
    for n in (1, 2):
        if abs(x - n) < mpf("1e-20"):
            return digamma(mpf(n)) / (2 * n - 3)
    return loggamma(x) / ((x - 1) * (x - 2))


def scaled_erfc(t):
    if t >= mpf(1):
        return 2 / sqrt(pi)
    a = 4 * (1 + t) / (1 - t)
    if a > 2000:
        return (1 + 2 * a) / (a * sqrt(pi)) * (1 - 1 / (2 * a * a) + 3 / (4 * a**4) - 15 / (8 * a**6))
    return (1 + 2 * a) * erfc(a) * exp(a * a)


def reciprocal(f):
    return lambda x: 1 / f(x)


POLYNOMIALS = [
    ("stirlingTail", "x (log Γ(x) − (x − ½) log x + x − ½ log 2π) in z = 1/x², x ≥ 8, relative to log Γ(x)",
     of_inverse_square(stirling), of_inverse_square(lambda x: 1 / (x * loggamma(x))), (TINY, 1 / mpf(64)), 5),
    ("digammaTail", "x² (log x − 1/(2x) − ψ(x)) in z = 1/x², x ≥ 8, relative to ψ(x)",
     of_inverse_square(digamma_tail), of_inverse_square(lambda x: 1 / (x * x * digamma(x))), (TINY, 1 / mpf(64)), 6),
    ("trigammaTail", "x³ (ψ′(x) − 1/x − 1/(2x²)) in z = 1/x², x ≥ 8, relative to ψ′(x)",
     of_inverse_square(trigamma_tail), of_inverse_square(lambda x: 1 / (x**3 * polygamma(1, x))), (TINY, 1 / mpf(64)), 7),
    ("erfTail", "erf u / u − 1 in z = u², |u| ≤ 1, relative to erf u",
     lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: sqrt(z) / erf(sqrt(z)), (TINY, mpf(1)), 11),
    ("erfcxScaled", "(1 + 2a) erfc a · exp a² in t = (a − 4)/(a + 4), a ≥ 0, relative",
     scaled_erfc, reciprocal(scaled_erfc), (mpf(-1), mpf(1)), 27),
]

RATIONALS = [
    ("gammalnOverRoots", "log Γ(2 + u) / (u (1 + u)) − ½, −¾ ≤ u ≤ ½, relative to log Γ(2 + u)",
     lambda u: over_roots(2 + u) - mpf("0.5"), lambda u: 1 / over_roots(2 + u), (mpf("-0.75"), mpf("0.5")), 6, 6),
    ("digammaOverRoot", "ψ(1 + u) / (1 + u − root) − 1, 0 ≤ u ≤ 1, relative to ψ",
     lambda u: over_root(1 + u) - 1, lambda u: 1 / over_root(1 + u), (mpf(0), mpf(1)), 6, 6),
]


def wrapped(numbers, indent):
    lines, line = [], indent
    for text in [f"{n}," for n in numbers]:
        if len(line) + len(text) + 1 > 99:
            lines.append(line.rstrip())
            line = indent
        line += text + " "
    return "\n".join([*lines, line.rstrip()])


def digits(p):
    return [repr(float(c)).replace("e-0", "e-") for c in p]


def main():
    print("// Written by packages/wasm/scripts/special.py: minimax fits (Remez exchange, 60 digits), lowest degree first.")
    print("// “Relative to” names the weight; the error is that of the coefficients as rounded to float64.\n")
    print("/** p / q. */")
    print("export interface Rational {\n  readonly p: readonly number[];\n  readonly q: readonly number[];\n}\n")
    high = float(ROOT)
    print("/** The positive zero of ψ, as a sum of two floats. */")
    print(f"export const digammaRoot: {{ readonly high: number; readonly low: number }} = {{\n  high: {high!r},\n  low: {float(ROOT - mpf(high))!r},\n}};\n")
    terms = [bernoulli(2 * j) / factorial(2 * j) for j in range(1, 13)]
    print("/** B₂ⱼ/(2j)!, j = 1, 2, …: the terms of the formula of Euler and Maclaurin. */")
    print(f"export const eulerMaclaurin: readonly number[] = [\n{wrapped(digits(terms), '  ')}\n];\n")
    for name, comment, f, weight, interval, degree in POLYNOMIALS:
        p, error = remez.polynomial(f, weight, interval, degree, 64)
        print(f"/** {comment}. Largest error 2^{error:.1f}. */")
        print(f"export const {name}: readonly number[] = [\n{wrapped(digits(p), '  ')}\n];\n", flush=True)
    for name, comment, f, weight, interval, *degrees in RATIONALS:
        p, q, error = remez.rational(f, weight, interval, *degrees, 64)
        print(f"/** {comment}. Largest error 2^{error:.1f}. */")
        print(f"export const {name}: Rational = {{\n  p: [\n{wrapped(digits(p), '    ')}\n  ],\n  q: [\n{wrapped(digits(q), '    ')}\n  ],\n}};\n", flush=True)


if __name__ == "__main__":
    main()
