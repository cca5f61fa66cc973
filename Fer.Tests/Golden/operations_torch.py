#!/usr/bin/python3
"""Writes operations_torch.json: outputs and gradients of PyTorch for small inputs, which OperationsAgainstPyTorchTests compares with.

    /usr/bin/python3 operations_torch.py > operations_torch.json     (Debian: python3-torch)
"""
import json
import torch
import torch.nn.functional as F

torch.manual_seed(7)


def numbers(t):
    return [round(float(v), 7) for v in t.detach().double().reshape(-1)]


def case(name, kind, x, run, parameters, **settings):
    x = x.clone().requires_grad_(True)
    ps = [p.clone().requires_grad_(True) for p in parameters]
    y = run(x, *ps)
    dy = torch.randn_like(y)
    grads = torch.autograd.grad(y, [x] + ps, dy)
    return {"name": name, "kind": kind, **settings, "inputShape": list(x.shape), "x": numbers(x), "y": numbers(y), "dy": numbers(dy),
            "dx": numbers(grads[0]), "parameters": [numbers(p) for p in ps], "gradients": [numbers(g) for g in grads[1:]]}


cases = []
for batch, i, o, h, w, kh, kw, stride, pad, groups, bias in [
    (2, 3, 5, 6, 7, 3, 3, 1, 1, 1, True), (1, 1, 9, 8, 8, 3, 3, 1, 1, 1, False), (2, 8, 17, 7, 7, 3, 3, 2, 1, 1, False),
    (3, 7, 4, 5, 5, 1, 1, 2, 0, 1, False), (2, 6, 8, 6, 5, 1, 1, 1, 0, 1, True), (1, 4, 4, 9, 8, 5, 5, 1, 2, 2, True),
    (1, 6, 6, 6, 6, 3, 3, 1, 1, 6, False), (1, 2, 3, 11, 10, 7, 7, 2, 3, 1, False), (1, 2, 2, 7, 9, 2, 4, 3, 0, 1, True),
]:
    x = torch.randn(batch, i, h, w)
    ps = [torch.randn(o, i // groups, kh, kw)] + ([torch.randn(o)] if bias else [])
    cases.append(case(f"conv {i}->{o} {kh}x{kw} stride {stride} pad {pad} groups {groups}", "conv", x,
                      lambda x, k, b=None: F.conv2d(x, k, b, stride, pad, 1, groups), ps,
                      outputs=o, kernel=[kh, kw], stride=stride, padding=pad, groups=groups, bias=bias))

for batch, c, h, w in [(3, 5, 4, 3), (4, 19, 1, 2)]:
    x = torch.randn(batch, c, h, w) * 3 + 10
    mean, var = torch.randn(c), torch.rand(c) + 0.5
    m2, v2 = mean.clone(), var.clone()
    run = lambda x, g, b: F.batch_norm(x, m2, v2, g, b, True, 0.1, 1e-5)
    entry = case(f"batch normalisation {c}", "bn", x, run, [torch.rand(c) + 0.5, torch.randn(c)])
    entry["running"] = [numbers(mean), numbers(var)]
    entry["runningAfter"] = [numbers(m2), numbers(v2)]
    cases.append(entry)

for k, s, p in [(2, 2, 0), (3, 2, 1), (3, 1, 1)]:
    x = torch.randn(2, 11, 7, 8)
    cases.append(case(f"max-pool {k} stride {s} pad {p}", "maxpool", x, lambda x: F.max_pool2d(x, k, s, p), [], kernel=[k, k], stride=s, padding=p))
    for count in (True, False):
        cases.append(case(f"average-pool {k} stride {s} pad {p} {count}", "avgpool", x,
                          lambda x: F.avg_pool2d(x, k, s, p, count_include_pad=count), [], kernel=[k, k], stride=s, padding=p, countPadding=count))

x = torch.randn(5, 13, 1, 1)
cases.append(case("linear", "linear", x, lambda x, w, b: F.linear(x.reshape(5, 13), w, b), [torch.randn(6, 13), torch.randn(6)], outputs=6))
cases.append(case("elu", "elu", torch.randn(2, 3, 4, 5), lambda x: F.elu(x, 0.7), [], alpha=0.7))
cases.append(case("softmax", "softmax", torch.randn(4, 7, 1, 1) * 4, lambda x: F.softmax(x, 1), []))

# Dilated convolutions, poolings whose size is rounded up, the other element-wise functions, and layers over sequences.
for batch, i, o, h, w, k, stride, pad, groups, dilation in [(2, 8, 7, 9, 8, 3, 1, 2, 1, 2), (1, 6, 6, 8, 9, 3, 2, 2, 6, 2), (2, 3, 5, 9, 9, 2, 2, 1, 1, 3)]:
    x = torch.randn(batch, i, h, w)
    cases.append(case(f"conv {i}->{o} {k}x{k} dilation {dilation} groups {groups}", "conv", x, lambda x, k, b: F.conv2d(x, k, b, stride, pad, dilation, groups),
                      [torch.randn(o, i // groups, k, k), torch.randn(o)],
                      outputs=o, kernel=[k, k], stride=stride, padding=pad, groups=groups, bias=True, dilation=dilation))
for k, s, p, d in [(3, 2, 0, 1), (2, 2, 1, 2), (2, 3, 1, 1)]:
    x = torch.randn(2, 11, 8, 7)
    cases.append(case(f"max-pool {k} stride {s} pad {p} dilation {d} up", "maxpool", x, lambda x: F.max_pool2d(x, k, s, p, d, True), [],
                      kernel=[k, k], stride=s, padding=p, dilation=d, ceil=True))
    for count in (True, False):
        cases.append(case(f"average-pool {k} stride {s} pad {p} {count} up", "avgpool", x, lambda x: F.avg_pool2d(x, k, s, p, True, count), [],
                          kernel=[k, k], stride=s, padding=p, countPadding=count, ceil=True))
x = torch.randn(2, 11, 4, 5)
cases.append(case("clip", "clip", x * 4, lambda x: F.relu6(x), [], minimum=0, maximum=6))
cases.append(case("leaky relu", "leakyrelu", x, lambda x: F.leaky_relu(x, 0.1), [], alpha=0.1))
cases.append(case("parametric relu", "prelu", x, lambda x, s: F.prelu(x, s), [torch.randn(11)]))
cases.append(case("sigmoid", "sigmoid", x * 3, torch.sigmoid, []))
cases.append(case("tanh", "tanh", x * 2, torch.tanh, []))
for n in (5, 3):  # of even sizes PyTorch takes one more before, ONNX and this engine one more behind
    cases.append(case(f"local response normalisation {n}", "lrn", x * 5, lambda x: F.local_response_norm(x, n, 0.3, 0.75, 1.5), [],
                      size=n, alpha=0.3, beta=0.75, constant=1.5))
for mode, align in [("nearest", None), ("bilinear", False), ("bilinear", True), ("bicubic", False)]:
    cases.append(case(f"resize {mode} {align}", "resize", x, lambda x: F.interpolate(x, size=(7, 3), mode=mode, align_corners=align), [],
                      height=7, width=3, mode=mode, align=bool(align)))


def reorder(t, order):  # ONNX's gates to PyTorch's
    parts = t.chunk(len(order))
    return torch.cat([parts[i] for i in order])


def recurrent(function, order, hidden):
    def run(x, w, r, b):
        wb, rb = b.chunk(2)
        state = torch.zeros(1, x.shape[0], hidden)
        flat = [reorder(t, order) for t in (w, r, wb, rb)]
        steps = x[:, :, :, 0].permute(0, 2, 1)
        y = function(steps, (state, state) if function is torch._VF.lstm else state, flat, True, 1, 0.0, True, False, True)[0]
        return y.permute(0, 2, 1).unsqueeze(3)
    return run


for kind, function, order in [("lstm", torch._VF.lstm, [0, 2, 3, 1]), ("gru", torch._VF.gru, [1, 0, 2])]:
    for batch, inputs, hidden, steps in [(3, 5, 7, 6), (2, 9, 20, 4)]:
        n = len(order)
        cases.append(case(f"{kind} {inputs}->{hidden}", kind, torch.randn(batch, inputs, steps, 1), recurrent(function, order, hidden),
                          [torch.randn(n * hidden, inputs) * 0.5, torch.randn(n * hidden, hidden) * 0.5, torch.randn(2 * n * hidden)], outputs=hidden))
print(json.dumps({"torch": torch.__version__, "cases": cases}))
