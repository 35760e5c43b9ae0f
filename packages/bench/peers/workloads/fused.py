"""Sum of log1p(exp(-x y)) sin x + tanh y exp(-x^2), with gradients by both vectors."""

from support import autograd_value_and_grad, jax_value_and_grad, torch_value_and_grad


def cost(np):
    def of(x, y):
        return (np.log1p(np.exp(-x * y)) * np.sin(x) + np.tanh(y) * np.exp(-x ** 2)).sum()
    return of


def jax(values, params):
    import jax.numpy as np
    return jax_value_and_grad(cost(np), 2, values["x"], values["y"])


def torch(values, params):
    import torch as np
    return torch_value_and_grad(cost(np), 2, values["x"], values["y"])


def autograd(values, params):
    import autograd.numpy as np

    def of(x, y):
        return np.sum(np.log1p(np.exp(-x * y)) * np.sin(x) + np.tanh(y) * np.exp(-x ** 2))

    return autograd_value_and_grad(of, 2, values["x"], values["y"])
