#!/usr/bin/env python3
"""Nanoseconds an element of JAX's compiled functions on one core: speed.py NAME LOW HIGH LENGTH

Prints the best of 25 calls in float64 and in float32."""

import os
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
RENAMED = {"sigmoid": jax.nn.sigmoid, "softplus": jax.nn.softplus, "asin": jnp.arcsin, "acos": jnp.arccos,
           "atan": jnp.arctan, "asinh": jnp.arcsinh, "acosh": jnp.arccosh, "atanh": jnp.arctanh}


def function(name):
    return RENAMED.get(name) or getattr(jnp, name, None) or getattr(jax.scipy.special, name)


def main(name, low, high, length):
    f = jax.jit(function(name))
    for dtype in (np.float64, np.float32):
        x = jnp.asarray(np.linspace(float(low), float(high), int(length)).astype(dtype))
        f(x).block_until_ready()
        best = float("inf")
        for _ in range(25):
            start = time.perf_counter()
            f(x).block_until_ready()
            best = min(best, time.perf_counter() - start)
        print(best * 1e9 / int(length))


if __name__ == "__main__":
    main(*sys.argv[1:])
