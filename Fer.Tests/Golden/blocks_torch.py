#!/usr/bin/python3
"""Writes blocks_torch.json: outputs and gradients of PyTorch for one block of each published architecture, which BlocksAgainstPyTorchTests compares with.

    /usr/bin/python3 blocks_torch.py > blocks_torch.json     (Debian: python3-torch)

Inputs and parameters follow one formula on both sides, so only results are stored: outputs whole, of each gradient up to 48 values, evenly
spaced, and its sum. Parameters are created in the order in which the C# builders add their layers.
"""
import json
import math
import numpy
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def uniform(count, stream):
    """Numbers in -1 ... 1 from a Weyl sequence, the same in C#."""
    i = numpy.arange(count, dtype=numpy.uint64)
    return ((i * 2654435761 + stream * 40503 + 12345) % 2**32) / 2.0**31 - 1


class Block:
    def __init__(self):
        self.parameters = []

    def parameter(self, kind, shape):
        u = uniform(math.prod(shape), len(self.parameters) + 1)
        fan_in = math.prod(shape[1:])
        values = {"weight": lambda: u * math.sqrt(6 / fan_in), "scale": lambda: 1 + 0.4 * u, "bias": lambda: 0.2 * u}[kind]()
        p = torch.tensor(values.astype(numpy.float32).astype(numpy.float64)).reshape(shape).requires_grad_(True)
        self.parameters.append(p)
        return p

    def conv(self, x, channels, kernel, stride=1, padding=None, groups=1, bias=False):
        kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        padding = (kh // 2, kw // 2) if padding is None else padding
        weight = self.parameter("weight", (channels, x.shape[1] // groups, kh, kw))
        return F.conv2d(x, weight, self.parameter("bias", (channels,)) if bias else None, stride, padding, 1, groups)

    def bn(self, x, epsilon=1e-5):
        scale = self.parameter("scale", (x.shape[1],))
        return F.batch_norm(x, None, None, scale, self.parameter("bias", (x.shape[1],)), True, 0.1, epsilon)

    def active(self, x, epsilon=1e-5):
        return F.relu(self.bn(x, epsilon))

    def unit(self, x, channels, kernel, stride=1, padding=None):
        return F.relu(self.bn(self.conv(x, channels, kernel, stride, padding), 1e-3))


def bottleneck(b, x, channels, stride, widens):
    e = 1.001e-5
    active = b.active(x, e)
    shortcut = b.conv(active, 4 * channels, 1, stride, bias=True) if widens else F.max_pool2d(x, 1, stride) if stride > 1 else x
    y = b.active(b.conv(active, channels, 1), e)
    y = b.active(b.conv(y, channels, 3, stride), e)
    return b.conv(y, 4 * channels, 1, bias=True) + shortcut


def pool(x):
    return F.avg_pool2d(x, 3, 1, 1)


def mixed_a(b, x, c, pooled):
    return torch.cat([b.unit(x, c(64), 1), b.unit(b.unit(x, c(48), 1), c(64), 5),
                      b.unit(b.unit(b.unit(x, c(64), 1), c(96), 3), c(96), 3), b.unit(pool(x), pooled, 1)], 1)


def mixed_b(b, x, c, inner):
    first = b.unit(x, c(192), 1)
    second = b.unit(b.unit(b.unit(x, inner, 1), inner, (1, 7)), c(192), (7, 1))
    third = b.unit(x, inner, 1)
    for kernel in [(7, 1), (1, 7), (7, 1)]:
        third = b.unit(third, inner, kernel)
    return torch.cat([first, second, b.unit(third, c(192), (1, 7)), b.unit(pool(x), c(192), 1)], 1)


def inverted_residual(b, x, expansion, channels, stride):
    inner = x.shape[1] * expansion
    y = x if expansion == 1 else F.relu6(b.bn(b.conv(x, inner, 1)))
    y = F.relu6(b.bn(b.conv(y, inner, 3, stride, groups=inner)))
    y = b.bn(b.conv(y, channels, 1))
    return y + x if stride == 1 and channels == x.shape[1] else y


def dense(b, x, layers, growth):
    for _ in range(layers):
        x = torch.cat([x, b.conv(b.active(b.conv(b.active(x), 4 * growth, 1)), growth, 3)], 1)
    return x


def transition(b, x):
    y = b.active(x)
    return F.avg_pool2d(b.conv(y, x.shape[1] // 2, 1), 2)


def vgg(b, x, channels, convolutions, normalized):
    for _ in range(convolutions):
        x = b.conv(x, channels, 3, bias=True)
        x = F.relu(b.bn(x) if normalized else x)
    return F.max_pool2d(x, 2)


BLOCKS = {
    "bottleneck that widens and halves": lambda b, x: bottleneck(b, x, 4, 2, True),
    "bottleneck that halves": lambda b, x: bottleneck(b, x, 2, 2, False),
    "bottleneck": lambda b, x: bottleneck(b, x, 2, 1, False),
    "inception mixed A": lambda b, x: mixed_a(b, x, lambda n: n // 16, 3),
    "inception mixed B": lambda b, x: mixed_b(b, x, lambda n: n // 48, 5),
    "inverted residual": lambda b, x: inverted_residual(b, x, 6, 8, 1),
    "inverted residual that halves": lambda b, x: inverted_residual(b, x, 6, 5, 2),
    "inverted residual without expansion": lambda b, x: inverted_residual(b, x, 1, 4, 1),
    "dense block and transition": lambda b, x: transition(b, dense(b, x, 3, 4)),
    "vgg group": lambda b, x: vgg(b, x, 6, 2, False),
    "vgg group with batch normalisation": lambda b, x: vgg(b, x, 6, 2, True),
}


def numbers(values):
    return [float(f"{v:.7g}") for v in values]


cases = []
for name, block in BLOCKS.items():
    b = Block()
    x = torch.tensor((2 * uniform(2 * 3 * 9 * 8, 1000)).astype(numpy.float32).astype(numpy.float64)).reshape(2, 3, 9, 8)
    # The convolution in front shows by its own gradient that the block passes the right one on.
    y = block(b, b.conv(x, 8, 1))
    dy = torch.tensor(uniform(y.numel(), 2000).astype(numpy.float32).astype(numpy.float64)).reshape(y.shape)
    gradients = torch.autograd.grad(y, b.parameters, dy)
    stored = []
    for g in gradients:
        flat = g.reshape(-1).tolist()
        step = max(1, len(flat) // 48)
        stored.append({"length": len(flat), "step": step, "values": numbers(flat[::step]), "sum": float(f"{sum(flat):.7g}")})
    cases.append({"name": name, "y": numbers(y.reshape(-1).tolist()), "outputShape": list(y.shape), "gradients": stored})
print(json.dumps({"torch": torch.__version__, "cases": cases}))
