#!/usr/bin/env python3
"""True values of the elementary functions, by mpmath at 50 digits: references.py NAME LANE < inputs > outputs

Reads float64 inputs (for two arguments: x0, y0, x1, y1, ...) and writes three float64 a result: the true value
rounded to the lane, the unit in the last place there, and what the rounding lost in that unit."""

import array
import sys

import mpmath
from mpmath import mp, mpf

mp.dps = 50
INF, NAN = float("inf"), float("nan")


def log_of(x):
    return mpmath.log(x) if x > 0 else (-INF if x == 0 else NAN)


def inside(f, low, high, ends=NAN):
    """f on the open interval, `ends` at its ends (signed), NaN outside."""

    def guarded(x):
        if low < x < high:
            return f(x)
        return ends * (1 if x > 0 else -1) if x in (low, high) else NAN

    return guarded


def finite_trig(f):
    def guarded(x):
        if not mpmath.isfinite(x):
            return NAN
        return f(x)

    return guarded


def saturating(f, below, above):
    return lambda x: f(x) if mpmath.isfinite(x) else (above if x > 0 else below)


def expm1(x):
    return mpmath.expm1(x) if x > -200 else mpf(-1)


def softplus(x):
    if x > 1000:
        return x
    return mpmath.log1p(mpmath.exp(x))


def erf_of(x):
    return mpmath.erf(x) if abs(x) < 20 else mpf(1 if x > 0 else -1)


def erfc_of(x):
    return mpmath.erfc(x) if abs(x) < 40 else mpf(0 if x > 0 else 2)


def tanh_of(x):
    return mpmath.tanh(x) if abs(x) < 60 else mpf(1 if x > 0 else -1)


def asinh_of(x):
    """mpmath cancels at small x."""
    if abs(x) < mpf("1e-8"):
        return x - x**3 / 6 + 3 * x**5 / 40
    return mpmath.sign(x) * mpmath.log(abs(x) + mpmath.sqrt(x * x + 1))


def atanh_of(x):
    return x + x**3 / 3 + x**5 / 5 if abs(x) < mpf("1e-8") else mpmath.atanh(x)


def pow_of(x, y):
    x, y = mpf(x), mpf(y)
    return (mpf(-1) ** int(y) if x < 0 else 1) * mpmath.exp(y * mpmath.log(abs(x)))


def erfcx_of(x):
    if x > 10**6:
        return (1 - 1 / (2 * x * x)) / (x * mpmath.sqrt(mpmath.pi))
    return mpmath.erfc(x) * mpmath.exp(x * x)


def first_integral(x):
    """1/√π − x erfcx x."""
    if x > 10**6:
        return (1 - 3 / (2 * x * x)) / (2 * x * x * mpmath.sqrt(mpmath.pi))
    with mpmath.workdps(80):
        return 1 / mpmath.sqrt(mpmath.pi) - x * mpmath.erfc(x) * mpmath.exp(x * x)


def ndtr_of(x):
    return erfc_of(-x / mpmath.sqrt(2)) / 2


def log_ndtr_of(x):
    return mpmath.log1p(-ndtr_of(-x)) if x > 0 else mpmath.log(erfcx_of(-x / mpmath.sqrt(2)) / 2) - x * x / 2


def log1mexp_of(x):
    return mpmath.log(-mpmath.expm1(x)) if x > -1 else mpmath.log1p(-mpmath.exp(x))


def gammaln_of(x):
    """Twice the digits: it is a difference where it is small."""
    if abs(x) < mpf("1e-30"):
        return -mpmath.log(abs(x))
    with mpmath.workdps(80):
        return mpmath.re(mpmath.loggamma(x))


def polygamma_of(n):
    def derivative(x):
        if abs(x) < mpf("1e-20"):
            return (-1) ** (n + 1) * mpmath.factorial(n) / x ** (n + 1)
        with mpmath.workdps(70):
            return mpmath.polygamma(n, x) if x < 1e15 else large_polygamma(n, x)

    return derivative


def large_polygamma(n, x):
    if n == 0:
        return mpmath.log(x) - 1 / (2 * x) - 1 / (12 * x * x)
    f = mpmath.factorial
    leading = f(n - 1) / x**n + f(n) / (2 * x ** (n + 1))
    return (-1) ** (n + 1) * (leading + f(n + 1) / (12 * x ** (n + 2)))


def betaln_of(a, b):
    digits = 60 + max(0, int(mpmath.log10(max(a, b)) - mpmath.log10(min(a, b, mpf(1)))))
    with mpmath.workdps(digits + 40):
        return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(mpf(a) + mpf(b))


FUNCTIONS = {
    "exp": saturating(mpmath.exp, mpf(0), INF),
    "expm1": saturating(expm1, mpf(-1), INF),
    "log": log_of,
    "log1p": inside(mpmath.log1p, -1, INF, INF),
    "sin": finite_trig(mpmath.sin),
    "cos": finite_trig(mpmath.cos),
    "tan": finite_trig(mpmath.tan),
    "tanh": tanh_of,
    "sigmoid": saturating(lambda x: 1 / (1 + mpmath.exp(-x)), mpf(0), mpf(1)),
    "softplus": saturating(softplus, mpf(0), INF),
    "sinh": saturating(mpmath.sinh, -INF, INF),
    "cosh": saturating(mpmath.cosh, INF, INF),
    "asinh": saturating(asinh_of, -INF, INF),
    "acosh": lambda x: INF if x == INF else (mpmath.acosh(x) if x >= 1 else NAN),
    "atanh": inside(atanh_of, -1, 1, INF),
    "asin": lambda x: mpmath.asin(x) if abs(x) <= 1 else NAN,
    "acos": lambda x: mpmath.acos(x) if abs(x) <= 1 else NAN,
    "atan": mpmath.atan,
    "erf": erf_of,
    "erfc": erfc_of,
    "pow": pow_of,
    "atan2": mpmath.atan2,
    "hypot": mpmath.hypot,
    "logit": lambda x: mpmath.log(x) - mpmath.log1p(-x),
    "logSigmoid": lambda x: -softplus(-x),
    "log1mexp": log1mexp_of,
    "logAddExp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "erfcx": erfcx_of,
    "erfcxIntegral1": first_integral,
    "ndtr": ndtr_of,
    "logNdtr": log_ndtr_of,
    "gammaln": gammaln_of,
    "digamma": polygamma_of(0),
    "trigamma": polygamma_of(1),
    "polygamma2": polygamma_of(2),
    "polygamma5": polygamma_of(5),
    "betaln": betaln_of,
}

OF_TWO = ("pow", "atan2", "hypot", "logAddExp", "betaln")

BITS = {64: (53, -1074, 1024), 32: (24, -149, 128)}


def in_lane(y, lane):
    """(nearest float of the lane, unit in the last place at y, (y - nearest) / unit)."""
    precision, least, top = BITS[lane]
    y = mpf(y)
    if not mpmath.isfinite(y):
        return float(y), 1.0, 0.0
    exponent = mpmath.frexp(y)[1] if y else least
    unit = max(exponent - precision, least)
    scaled = mpmath.ldexp(y, -unit)
    count = mpmath.nint(scaled)
    if abs(count) >= mpmath.ldexp(mpf(1), top - unit):
        return INF if y > 0 else -INF, 2.0 ** min(unit, 971), 0.0
    return float(mpmath.ldexp(count, unit)), 2.0**unit, float(scaled - count)


def value(name, arguments):
    if any(x != x for x in arguments):
        return NAN
    return FUNCTIONS[name](*(mpf(x) for x in arguments))


def main(name, lane):
    inputs = array.array("d", sys.stdin.buffer.read())
    arity = 2 if name in OF_TWO else 1
    out = array.array("d")
    for i in range(0, len(inputs), arity):
        out.extend(in_lane(value(name, inputs[i : i + arity]), lane))
    sys.stdout.buffer.write(out.tobytes())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
