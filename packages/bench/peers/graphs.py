"""Times how long JAX takes to trace, and CasADi to build, the gradients that the benchmark builds.

Usage: python graphs.py REPEATS WORKLOAD...   with workloads chain:N, fan-out:N, network:LAYERS
Prints one JSON object a line: workload, engine, threads, medianUs, minUs, firstCallMs, value.
Engines that are not installed are left out.
"""

import json
import statistics
import sys
import time


def timed(run):
    start = time.perf_counter()
    value = run()
    return (time.perf_counter() - start) * 1e6, value


def report(workload, engine, run, repeats):
    first, value = timed(run)
    times = [timed(run)[0] for _ in range(repeats)]
    row = dict(workload=workload, engine=engine, threads=1, medianUs=statistics.median(times),
               minUs=min(times), firstCallMs=first / 1000, value=value)
    print(json.dumps(row), flush=True)


def jax_runs():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def equations(f, *args):
        """Traces the gradient of f; the number of equations tells that it was really built."""
        return len(jax.make_jaxpr(jax.grad(f))(*args).jaxpr.eqns)

    def chain(n):
        def f(x):
            for _ in range(n):
                x = jnp.sin(x)
            return x
        return lambda: equations(f, 0.5)

    def fan_out(n):
        def f(x):
            total = jnp.sin(x)
            for _ in range(n - 1):
                total = total + jnp.sin(x)
            return total
        return lambda: equations(f, 0.5)

    def network(layers):
        def f(parameters, h):
            for w, b in parameters:
                h = jnp.tanh(h @ w + b)
            return jnp.sum(h)
        parameters = [(jnp.eye(4), jnp.zeros(4)) for _ in range(layers)]
        return lambda: equations(f, parameters, jnp.ones((3, 4)))

    return dict(chain=chain, **{"fan-out": fan_out}, network=network)


def casadi_runs():
    import casadi as ca

    def chain(n):
        x = ca.SX.sym("x")
        y = x
        for _ in range(n):
            y = ca.sin(y)
        return lambda: int(ca.gradient(y, x).numel())

    def fan_out(n):
        x = ca.SX.sym("x")
        total = ca.sin(x)
        for _ in range(n - 1):
            total = total + ca.sin(x)
        return lambda: int(ca.gradient(total, x).numel())

    def network(layers):
        h = ca.MX.ones(3, 4)
        parameters = []
        for k in range(layers):
            w, b = ca.MX.sym(f"w{k}", 4, 4), ca.MX.sym(f"b{k}", 1, 4)
            parameters += [w, b]
            h = ca.tanh(h @ w + ca.repmat(b, 3, 1))
        cost = ca.sum1(ca.sum2(h))
        # Reverse mode of a function: the gradients by all parameters, built in one sweep.
        return lambda: int(ca.Function("cost", parameters, [cost]).reverse(1).n_out())

    return dict(chain=chain, **{"fan-out": fan_out}, network=network)


def main():
    repeats, workloads = int(sys.argv[1]), sys.argv[2:]
    for engine, load in (("jax", jax_runs), ("casadi", casadi_runs)):
        try:
            runs = load()
        except ImportError:
            continue
        for workload in workloads:
            kind, size = workload.split(":")
            # A trace of a million operations takes JAX minutes; its growth shows before that.
            if engine == "jax" and int(size) > 100_000:
                continue
            report(workload, engine, runs[kind](int(size)), repeats)


if __name__ == "__main__":
    main()
