"""Recurrent network h <- tanh(h W + b + x_t): mean h^2 after the last step, with gradients by W and b."""

from support import autograd_value_and_grad, jax_value_and_grad, torch_value_and_grad


def arrays(values):
    return values["w"], values["b"], values["x"]


def looped(np, zeros):
    def of(w, b, x):
        h = zeros(x.shape[1:])
        for t in range(x.shape[0]):
            h = np.tanh(h @ w + b + x[t])
        return (h ** 2).mean()
    return of


def jax(values, params):
    import jax.numpy as jnp
    from jax import lax

    def cost(w, b, x):
        def step(h, xt):
            return jnp.tanh(h @ w + b + xt), None
        h, _ = lax.scan(step, jnp.zeros(x.shape[1:], x.dtype), x)
        return jnp.mean(h ** 2)

    return jax_value_and_grad(cost, 2, *arrays(values))


def torch(values, params):
    import torch as t
    return torch_value_and_grad(looped(t, t.zeros), 2, *arrays(values))


def autograd(values, params):
    import autograd.numpy as np

    def cost(w, b, x):
        h = np.zeros(x.shape[1:], dtype=np.float32)
        for t in range(x.shape[0]):
            h = np.tanh(np.dot(h, w) + b + x[t])
        return np.mean(h * h)

    return autograd_value_and_grad(cost, 2, *arrays(values))
