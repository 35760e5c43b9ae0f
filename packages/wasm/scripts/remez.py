"""Minimax fits of polynomials and rational functions (Remez exchange), in 60-digit arithmetic."""

import struct

from mpmath import mp, mpf, cos, pi, lu_solve, matrix, log, fabs, sign

mp.dps = 60


def rounded(x, lane):
    """x rounded to a float of `lane` bits."""
    if lane == 64:
        return mpf(float(x))
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def chebyshev(a, b, n):
    return [(a + b) / 2 - (b - a) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]


def horner(coefficients, x):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def remez(f, weight, a, b, p_degree, q_degree=0, fixed=(), rounds=12):
    """P/Q with Q(0) = 1 minimising max |weight * (P/Q - f)| on [a, b]; the first coefficients of P may be fixed.

    Returns (P, Q, error)."""
    a, b = mpf(a), mpf(b)
    free = p_degree + 1 - len(fixed)
    count = free + q_degree + 1
    grid = chebyshev(a, b, 24 * count)
    values = [(x, f(x), weight(x)) for x in grid]
    start = chebyshev(a, b - (b - a) / 97, count)  # off centre: a weight may be 0 there
    points = [(x, f(x), weight(x)) for x in start]
    error = mpf(0)
    for _ in range(rounds):
        for _ in range(1 if q_degree == 0 else 6):
            system = matrix(count, count)
            right = matrix(count, 1)
            for i, (x, y, w) in enumerate(points):
                level = (-1) ** i / w
                for j in range(free):
                    system[i, j] = x ** (j + len(fixed))
                for j in range(q_degree):
                    system[i, free + j] = -(y + level * error) * x ** (j + 1)
                system[i, count - 1] = -level
                right[i] = y - horner(list(fixed), x)
            solution = lu_solve(system, right)
            error = solution[count - 1]
        p = list(fixed) + [solution[j] for j in range(free)]
        q = [mpf(1)] + [solution[free + j] for j in range(q_degree)]
        errors = [(w * (horner(p, x) / horner(q, x) - y), x, y, w) for x, y, w in values]
        worst = max(fabs(e[0]) for e in errors)
        points = alternation(errors, count)
        if points is None or worst < fabs(error) * mpf("1.02"):
            break
    return p, q, worst


def alternation(errors, count):
    """The extremes of the runs of one sign, the smallest at an end dropped until `count` are left."""
    runs = []
    for e in errors:
        if runs and sign(runs[-1][0]) == sign(e[0]):
            if fabs(e[0]) > fabs(runs[-1][0]):
                runs[-1] = e
        else:
            runs.append(e)
    if len(runs) < count:
        return None
    while len(runs) > count:
        runs.pop(0 if fabs(runs[0][0]) < fabs(runs[-1][0]) else -1)
    return [(x, y, w) for _, x, y, w in runs]


def least_squares(f, weight, a, b, degree, fixed):
    """The free coefficients of P by weighted least squares at Chebyshev points: near minimax, and unlike the exchange
    at home on an interval with 0 inside, where the powers left do not form a Haar system."""
    columns = range(len(fixed), degree + 1)
    points = chebyshev(mpf(a), mpf(b), 12 * (degree + 1))
    rows = matrix([[weight(x) * x**j for j in columns] for x in points])
    right = matrix([weight(x) * (f(x) - horner(list(fixed), x)) for x in points])
    return list(fixed) + list(lu_solve(rows.T * rows, rows.T * right))


def polynomial(f, weight, interval, degree, lane):
    """Coefficients rounded to the lane, lowest first; the first three (in 32 bits, each) are rounded before the rest are fitted again."""
    fixed = []
    while len(fixed) <= degree:
        if fixed and interval[0] < 0:
            p = least_squares(f, weight, *interval, degree, fixed)
        else:
            p, _, _ = remez(f, weight, *interval, degree, 0, fixed)
        last = len(fixed) + 1 if lane == 32 or len(fixed) < 3 else degree + 1
        fixed += [rounded(c, lane) for c in p[len(fixed) : last]]
    return fixed, bits_of_error(f, weight, interval, fixed, [mpf(1)])


def rational(f, weight, interval, p_degree, q_degree, lane):
    """P and Q rounded to the lane, lowest first, Q(0) = 1."""
    p, q, _ = remez(f, weight, *interval, p_degree, q_degree)
    p, q = [rounded(c, lane) for c in p], [rounded(c, lane) for c in q]
    return p, q, bits_of_error(f, weight, interval, p, q)


def bits_of_error(f, weight, interval, p, q):
    """log2 of the largest weighted error of the rounded coefficients."""
    a, b = mpf(interval[0]), mpf(interval[1])
    errors = (fabs(weight(x) * (horner(p, x) / horner(q, x) - f(x))) for x in chebyshev(a, b, 400))
    return float(log(max(errors), 2))
