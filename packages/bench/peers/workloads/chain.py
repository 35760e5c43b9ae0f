"""Value and gradient of sum(y) after many steps y <- y + 0.01 sin y."""

from support import autograd_value_and_grad, casadi_call, jax_value_and_grad, torch_value_and_grad


def chain(np, steps):
    def of(x):
        for _ in range(steps):
            x = x + 0.01 * np.sin(x)
        return np.sum(x)
    return of


def jax(values, params):
    import jax.numpy as np
    return jax_value_and_grad(chain(np, params["steps"]), 1, values["x"])


def torch(values, params):
    import torch as np
    return torch_value_and_grad(chain(np, params["steps"]), 1, values["x"])


def autograd(values, params):
    import autograd.numpy as np
    return autograd_value_and_grad(chain(np, params["steps"]), 1, values["x"])


def casadi(values, params):
    import casadi as ca
    x = y = ca.SX.sym("x", len(values["x"]))
    for _ in range(params["steps"]):
        y = y + 0.01 * ca.sin(y)
    value = ca.sum1(y)
    return casadi_call(ca.Function("chain", [x], [value, ca.gradient(value, x)]), values["x"])
