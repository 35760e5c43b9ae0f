"""Logistic regression: mean softplus(-y X w) and its gradient by w."""

from support import autograd_value_and_grad, jax_value_and_grad, torch_value_and_grad


def arrays(values):
    return values["w"], values["x"], values["y"]


def jax(values, params):
    from jax.nn import softplus
    return jax_value_and_grad(lambda w, x, y: softplus(-y * (x @ w)).mean(), 1, *arrays(values))


def torch(values, params):
    from torch.nn.functional import softplus
    return torch_value_and_grad(lambda w, x, y: softplus(-y * (x @ w)).mean(), 1, *arrays(values))


def autograd(values, params):
    import autograd.numpy as np

    def cost(w, x, y):
        return np.mean(np.logaddexp(0.0, -y * np.dot(x, w)))

    return autograd_value_and_grad(cost, 1, *arrays(values))
