"""Cost and gradients of a small convolutional classifier: two layers of convolution, relu and 2x2 pooling, one dense."""

from support import jax_value_and_grad, torch_value_and_grad

NAMES = ("w1", "b1", "w2", "b2", "w3", "b3", "x", "labels")


def arrays(values):
    return [values[name] for name in NAMES]


def jax(values, params):
    import jax.numpy as jnp
    from jax import lax
    from jax.nn import relu
    from jax.scipy.special import logsumexp

    def layer(y, w, b):
        z = relu(lax.conv(y, w, (1, 1), "VALID") + b[:, None, None])
        return lax.reduce_window(z, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def cost(w1, b1, w2, b2, w3, b3, x, labels):
        h = layer(layer(x, w1, b1), w2, b2)
        z = h.reshape(h.shape[0], -1) @ w3 + b3
        return (logsumexp(z, axis=1) - (z * labels).sum(1)).mean()

    return jax_value_and_grad(cost, 6, *arrays(values))


def torch(values, params):
    import torch as t
    from torch.nn.functional import conv2d, max_pool2d

    def cost(w1, b1, w2, b2, w3, b3, x, labels):
        h = max_pool2d(t.relu(conv2d(x, w1, b1)), 2)
        h = max_pool2d(t.relu(conv2d(h, w2, b2)), 2)
        z = h.flatten(1) @ w3 + b3
        return (t.logsumexp(z, 1) - (z * labels).sum(1)).mean()

    return torch_value_and_grad(cost, 6, *arrays(values))
