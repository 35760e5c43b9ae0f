#!/usr/bin/env python3
"""Writes src/functions/coefficients.ts: python3 coefficients.py > ../src/functions/coefficients.ts

Each fit states the function fitted, the weight that turns its error into a relative error of the final
result, the interval, and the degree for each width of lanes. Needs mpmath."""

import struct
import sys

from mpmath import floor, mpf, workdps, atanh, cos, coth, erf, erfc, exp, log, pi, sin, sinh, sqrt, tanh, asin, atan

import remez

TINY = mpf("1e-9")
HALF_LN2 = log(2) / 2 * mpf("1.0005")


def erfcx(a):
    return erfc(a) * exp(a * a)


def scaled_erfc(a):
    return (1 + 2 * a) * erfcx(a)


def from_unit(c, t):
    return c * (1 + t) / (1 - t)


def to_unit(c, a):
    return (mpf(a) - c) / (mpf(a) + c)


def of_root(f):
    """f as a function of z = x²."""
    return lambda z: f(sqrt(z))


POLYNOMIALS = [
    # name, comment, f, weight, interval, degree in 64 bits, degree in 32 bits
    ("expQuotient", "(r coth(r/2) − 2) / r² in z = r², |r| ≤ ln 2 / 2, relative to eʳ − 1",
     of_root(lambda r: (r * coth(r / 2) - 2) / r**2), of_root(lambda r: r**3 / 2 / (1 - exp(-r)) / exp(r)), (TINY, HALF_LN2**2), 4, 1),
    ("logTail", "(2 atanh s / s − 2) / s² in z = s², m = (1 + s)/(1 − s) in [√½, √2], relative to log m",
     of_root(lambda s: (2 * atanh(s) / s - 2) / s**2), of_root(lambda s: s**3 / (2 * atanh(s))),
     (TINY, mpf("0.02948")), 6, 2),
    ("powTail", "(2 atanh s / s − 2 − 2s²/3) / s⁴ in z = s², as in logTail, relative to log m",
     of_root(lambda s: (2 * atanh(s) / s - 2 - 2 * s * s / 3) / s**4), of_root(lambda s: s**5 / (2 * atanh(s))),
     (TINY, mpf("0.02948")), 6, 2),
    ("softplusTail", "(log(1 + e)/s − 2) / s² in z = s², s = e/(2 + e) ≤ ⅓, relative to log(1 + e)",
     of_root(lambda s: (2 * atanh(s) / s - 2) / s**2), of_root(lambda s: s**3 / (2 * atanh(s))),
     (TINY, 1 / mpf(9)), 9, 4),
    ("sinhTail", "(sinh u / u − 1) / u² in z = u², |u| ≤ 1, relative to sinh u",
     of_root(lambda u: (sinh(u) / u - 1) / u**2), of_root(lambda u: u**3 / sinh(u)), (TINY, mpf(1)), 6, 3),
    ("asinTail", "(asin u / u − 1) / u² in z = u², |u| ≤ ½, relative to asin u",
     of_root(lambda u: (asin(u) / u - 1) / u**2), of_root(lambda u: u**3 / asin(u)), (TINY, mpf("0.2501")), 12, 4),
    ("atanTail", "(atan u / u − 1) / u² in z = u², |u| ≤ ½, relative to atan u",
     of_root(lambda u: (atan(u) / u - 1) / u**2), of_root(lambda u: u**3 / atan(u)), (TINY, mpf("0.2501")), 11, 4),
    ("erfTail", "erf u / u − 1 in z = u², |u| ≤ 1, relative to erf u",
     of_root(lambda u: erf(u) / u - 1), of_root(lambda u: u / erf(u)), (TINY, mpf(1)), 11, 6),
    ("erfcOfErf", "erfc a · exp a² in t = (a − 3)/(a + 3), 1 ≤ a ≤ 6, times exp(−a²): the absolute error of erf a",
     lambda t: erfcx(from_unit(3, t)), lambda t: exp(-(from_unit(3, t) ** 2)), (mpf("-0.5"), mpf(3) / 9), 12, 6),
    ("erfcScaled", "(1 + 2a) erfc a · exp a² in t = (a − c)/(a + c), a ≥ 0.45, c = 4 (64), 2 (32), relative",
     {64: lambda t: scaled_erfc(from_unit(4, t)), 32: lambda t: scaled_erfc(from_unit(2, t))}, lambda t: 1 / mpf("1.17"),
     {64: (to_unit(4, "0.45"), to_unit(4, "27.5")), 32: (to_unit(2, "0.45"), to_unit(2, "10.3"))}, 23, 10),
    ("sinTail", "(sin r / r − 1) / r² in z = r², |r| ≤ π/4, relative to sin r",
     of_root(lambda r: (sin(r) / r - 1) / r**2), of_root(lambda r: r**3 / sin(r)), (TINY, mpf("0.6175")), 5, 2),
    ("cosTail", "(cos r − 1 + r²/2) / r⁴ in z = r², |r| ≤ π/4, relative to cos r",
     of_root(lambda r: (cos(r) - 1 + r * r / 2) / r**4), of_root(lambda r: r**4 / cos(r)), (TINY, mpf("0.6175")), 5, 2),
]

RATIONALS = [
    # name, comment, f, weight, interval, degrees in 64 bits, degrees in 32 bits
    ("tanhTail", "(tanh u / u − 1) / u² in z = u², |u| ≤ 0.98 (64), 0.61 (32), relative to tanh u",
     of_root(lambda u: (tanh(u) / u - 1) / u**2), of_root(lambda u: u**3 / tanh(u)),
     {64: (TINY, mpf("0.975")), 32: (TINY, mpf("0.372"))}, (3, 3), (1, 1)),
]


def number(x, lane):
    """The shortest decimal that reads back as x."""
    if lane == 64:
        return repr(float(x))
    for digits in range(1, 10):
        text = f"{float(x):.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == float(x):
            return repr(float(text))
    raise ValueError(x)


def row(lane, p, q=None):
    shown = [number(c, lane) for c in p]
    if q is None:
        return f"  {lane}: [{', '.join(shown)}],"
    return f"  {lane}: {{ p: [{', '.join(shown)}], q: [{', '.join(number(c, lane) for c in q)}] }},"


def write_polynomial(name, comment, f, weight, interval, *degrees):
    at = lambda lane, x: x[lane] if isinstance(x, dict) else x
    fits = [remez.polynomial(at(lane, f), weight, at(lane, interval), d, lane) for lane, d in zip((64, 32), degrees)]
    print(f"/** {comment}. Largest error 2^{fits[0][1]:.1f} (64), 2^{fits[1][1]:.1f} (32). */")
    print(f"export const {name}: Coefficients = {{")
    for lane, (p, _) in zip((64, 32), fits):
        print(row(lane, p))
    print("};\n")


def write_rational(name, comment, f, weight, interval, *degrees):
    fits = [remez.rational(f, weight, interval[lane], *d, lane) for lane, d in zip((64, 32), degrees)]
    print(f"/** {comment}. Largest error 2^{fits[0][2]:.1f} (64), 2^{fits[1][2]:.1f} (32). */")
    print(f"export const {name}: Quotient = {{")
    for lane, (p, q, _) in zip((64, 32), fits):
        print(row(lane, p, q))
    print("};\n")


def parts(x, lane, widths):
    """x as a sum of floats of so many bits each; the last is rounded, not cut."""
    found = []
    for width in widths:
        unit = mpf(2) ** (int(floor(log(abs(x), 2))) + 1 - width)
        part = floor(x / unit) * unit if len(found) < len(widths) - 1 else x
        found.append(remez.rounded(part, lane))
        x -= found[-1]
    return [number(part, lane) for part in found]


def write_pair(name, comment, x, widths):
    print(f"/** {comment} */")
    print(f"export const {name}: Pair = {{")
    for lane in (64, 32):
        high, low = parts(x, lane, (widths[lane], 0))
        print(f"  {lane}: {{ high: {high}, low: {low} }},")
    print("};\n")


def write_half_pi():
    print("/** π/2 in parts; a product of any but the last with a quotient below 2¹⁵ (64), 2¹¹ (32) is exact. */")
    print("export const halfPi: ByLane<Parts> = {")
    for lane, widths in ((64, (38, 38, 53)), (32, (13, 13, 13, 24))):
        first, *middle, last = parts(pi / 2, lane, widths)
        print(f"  {lane}: {{ first: {first}, middle: [{', '.join(middle)}], last: {last} }},")
    print("};\n")


def write_two_over_pi():
    print("/** Digits of 2/π in base 2^width, after three zeros. */")
    print("export const twoOverPi: ByLane<Digits> = {")
    for lane, width, count in ((64, 24, 54), (32, 11, 24)):
        with workdps(500):
            x, digits = 2 / +pi, [0, 0, 0]
            while len(digits) < count:
                x *= 2**width
                digits.append(int(floor(x)))
                x -= digits[-1]
        print(f"  {lane}: {{ width: {width}, digits: [{', '.join(map(str, digits))}] }},")
    print("};\n")


def main():
    print("// Written by packages/wasm/scripts/coefficients.py: minimax fits (Remez exchange, 60 digits), lowest degree")
    print("// first. “Relative to” names the weight; the error is that of the coefficients as rounded to the lane.")
    print("import type { ByLane } from './lanes.ts';")
    print("import type { Coefficients, Digits, Pair, Parts, Quotient } from './polynomial.ts';\n")
    write_pair("ln2", "ln 2; a product of the high part with any exponent is exact.", log(2), {64: 42, 32: 16})
    write_pair("halfPiPair", "π/2.", pi / 2, {64: 53, 32: 24})
    write_pair("twoThirds", "⅔.", 2 / mpf(3), {64: 53, 32: 24})
    write_pair("threeQuarterPi", "¾π.", 3 * pi / 4, {64: 53, 32: 24})
    write_pair("piPair", "π.", pi, {64: 53, 32: 24})
    write_half_pi()
    write_two_over_pi()
    for fit in POLYNOMIALS:
        write_polynomial(*fit)
    for fit in RATIONALS:
        write_rational(*fit)


if __name__ == "__main__":
    main()
