"""Second derivatives of the Rosenbrock function: its dense Hessian, or the Hessian times a vector."""

from support import casadi_call, jitted
from workloads.rosenbrock import cost


def jax(values, params):
    import jax as j
    if params["what"] == "hessian":
        return jitted(j.hessian(cost), values["x"])
    return jitted(lambda x, v: j.jvp(j.grad(cost), (x,), (v,))[1], values["x"], values["v"])


def torch(values, params):
    import torch as t
    from torch import func
    x = t.from_numpy(values["x"].copy())
    if params["what"] == "hessian":
        return lambda: func.hessian(cost)(x)
    v = t.from_numpy(values["v"].copy())
    return lambda: func.jvp(func.grad(cost), (x,), (v,))[1]


def casadi(values, params):
    """CasADi exploits sparsity: its Hessian holds the three diagonals only."""
    import casadi as ca
    n = len(values["x"])
    symbol = ca.SX.sym if params["what"] == "hessian" else ca.MX.sym
    x, v = symbol("x", n), symbol("v", n)
    value = ca.sum1(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    gradient = ca.gradient(value, x)
    if params["what"] == "hessian":
        return casadi_call(ca.Function("hessian", [x], [ca.jacobian(gradient, x)]), values["x"])
    product = ca.jtimes(gradient, x, v)
    return casadi_call(ca.Function("product", [x, v], [product]), values["x"], values["v"])
