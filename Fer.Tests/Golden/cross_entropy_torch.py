#!/usr/bin/python3
"""PyTorch's cross_entropy with gradients, for SoftmaxCrossEntropyTests. Run: /usr/bin/python3 cross_entropy_torch.py > cross_entropy_torch.json"""
import json
import torch
import torch.nn.functional as F

torch.manual_seed(7)
cases = []
for count, classes, smoothing, soft, scale in [(1, 2, 0.0, False, 1), (5, 7, 0.0, False, 3), (5, 7, 0.1, False, 3), (4, 8, 0.0, True, 3), (4, 8, 0.2, True, 3), (3, 7, 0.1, False, 200)]:
    logits = (torch.randn(count, classes) * scale).requires_grad_()
    if soft:
        targets = torch.softmax(torch.randn(count, classes) * 2, 1)
        loss = F.cross_entropy(logits, targets, label_smoothing=smoothing)
    else:
        labels = torch.randint(0, classes, (count,))
        targets = F.one_hot(labels, classes).float()
        loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    loss.backward()
    cases.append({"count": count, "classes": classes, "smoothing": smoothing, "logits": logits.detach().flatten().tolist(),
                  "targets": targets.flatten().tolist(), "loss": loss.item(), "gradient": logits.grad.flatten().tolist()})
print(json.dumps({"torch": torch.__version__, "cases": cases}))
