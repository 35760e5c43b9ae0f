"""Marginal likelihood of a Gaussian process by Cholesky, with gradients by its hyper-parameters."""

from support import autograd_value_and_grad, jax_value_and_grad, torch_value_and_grad


def arrays(values):
    return values["theta"], values["x"], values["y"]


def cost(np, cholesky, solve_lower, eye, diagonal):
    def of(theta, x, y):
        distance = (x[:, None] - x[None, :]) / np.exp(theta[0])
        kernel = np.exp(2 * theta[1]) * np.exp(-0.5 * distance ** 2)
        factor = cholesky(kernel + np.exp(2 * theta[2]) * eye(len(x)))
        white = solve_lower(factor, y)
        return 0.5 * (white * white).sum() + np.log(diagonal(factor)).sum()
    return of


def jax(values, params):
    import jax.numpy as np
    from jax.scipy.linalg import solve_triangular
    f = cost(np, np.linalg.cholesky, lambda a, b: solve_triangular(a, b, lower=True), np.eye, np.diagonal)
    return jax_value_and_grad(f, 1, *arrays(values))


def torch(values, params):
    import torch as t

    def solve_lower(a, b):
        return t.linalg.solve_triangular(a, b[:, None], upper=False)[:, 0]

    f = cost(t, t.linalg.cholesky, solve_lower, lambda n: t.eye(n, dtype=t.float64), t.diagonal)
    return torch_value_and_grad(f, 1, *arrays(values))


def autograd(values, params):
    import autograd.numpy as np
    from autograd.scipy.linalg import solve_triangular
    f = cost(np, np.linalg.cholesky, lambda a, b: solve_triangular(a, b, lower=True), np.eye, np.diag)
    return autograd_value_and_grad(f, 1, *arrays(values))
