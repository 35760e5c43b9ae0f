"""Cost and gradients by all parameters of a small classifier: mean cross-entropy, two layers of rectified units."""

from support import autograd_value_and_grad, jax_value_and_grad, torch_value_and_grad

NAMES = ("w1", "b1", "w2", "b2", "w3", "b3", "x", "labels")


def arrays(values):
    return [values[name] for name in NAMES]


def cost(relu, cross_entropy):
    def of(w1, b1, w2, b2, w3, b3, x, labels):
        h1 = relu(x @ w1 + b1)
        h2 = relu(h1 @ w2 + b2)
        return cross_entropy(h2 @ w3 + b3, labels)
    return of


def jax(values, params):
    from jax.nn import relu
    from jax.scipy.special import logsumexp
    f = cost(relu, lambda z, labels: (logsumexp(z, axis=1) - (z * labels).sum(1)).mean())
    return jax_value_and_grad(f, 6, *arrays(values))


def torch(values, params):
    import torch as t
    f = cost(t.relu, lambda z, labels: (t.logsumexp(z, 1) - (z * labels).sum(1)).mean())
    return torch_value_and_grad(f, 6, *arrays(values))


def autograd(values, params):
    import autograd.numpy as np
    from autograd.scipy.special import logsumexp

    def cross_entropy(z, labels):
        return np.mean(logsumexp(z, axis=1) - np.sum(z * labels, axis=1))

    f = cost(lambda x: np.maximum(x, np.float32(0)), cross_entropy)
    return autograd_value_and_grad(f, 6, *arrays(values))
