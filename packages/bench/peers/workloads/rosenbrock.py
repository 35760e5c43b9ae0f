"""Value and gradient of the Rosenbrock function."""

from support import autograd_value_and_grad, casadi_buffered, casadi_call, jax_value_and_grad, torch_value_and_grad


def cost(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def jax(values, params):
    return jax_value_and_grad(cost, 1, values["x"])


def torch(values, params):
    return torch_value_and_grad(cost, 1, values["x"])


def autograd(values, params):
    return autograd_value_and_grad(cost, 1, values["x"])


def function(n):
    import casadi as ca
    x = ca.SX.sym("x", n)
    value = ca.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    return ca.Function("rosenbrock", [x], [value, ca.gradient(value, x)])


def casadi(values, params):
    return casadi_call(function(len(values["x"])), values["x"])


def casadi_buffer(values, params):
    return casadi_buffered(function(len(values["x"])), values["x"])
