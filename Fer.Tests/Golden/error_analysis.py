"""Golden numbers for LabelErrors, ClassCalibration, McNemarTest and the Wilson intervals (Debian: python3-numpy, python3-scipy, python3-sklearn).

    /usr/bin/python3 Fer.Tests/Golden/error_analysis.py

writes error_analysis.json beside itself. The confident joint is written from the definition in arXiv 1911.00068, equations 1 to 3, over whole
arrays; McNemar's p-value and the Wilson intervals are SciPy's; the counts of the confusion matrix are scikit-learn's.
"""
import json
import pathlib

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, recall_score


def case(name, rows, classes, seed, sharpness, absent=()):
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.full(classes, 3.0))
    shares[list(absent)] = 0
    truth = random.choice(classes, size=rows, p=shares / shares.sum())
    logits = random.normal(size=(rows, classes)) * sharpness
    logits[np.arange(rows), truth] += 1.8
    e = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = (e / e.sum(1, keepdims=True)).astype(np.float32)
    p = probabilities.astype(np.float64)
    p /= p.sum(1, keepdims=True)
    labels = truth.copy()
    moved = random.random(rows) < 0.1
    others = [k for k in range(classes) if k not in absent]
    labels[moved] = random.choice(others, size=moved.sum())

    with_rows = [k for k in range(classes) if (labels == k).any()]
    thresholds = np.full(classes, np.nan)
    for k in with_rows:
        thresholds[k] = p[labels == k, k].mean()
    above = p >= np.where(np.isnan(thresholds), np.inf, thresholds)
    confident = np.where(above.any(1), np.where(above, p, -1).argmax(1), -1)
    sure = confident >= 0
    joint = confusion_matrix(labels[sure], confident[sure], labels=list(range(classes)))
    sizes = np.bincount(labels, minlength=classes)
    estimated = np.zeros((classes, classes))
    for i in range(classes):
        if joint[i].sum() == 0:
            estimated[i, i] = sizes[i] / rows
        else:
            estimated[i] = joint[i] / joint[i].sum() * sizes[i] / rows
    off = np.flatnonzero(sure & (confident != labels))
    margin = p[off, labels[off]] - p[off, confident[off]]

    errors = []
    for k in range(classes):
        bins = np.clip(np.ceil(p[:, k] * 15).astype(int) - 1, 0, 14)
        errors.append(sum(abs((labels[bins == b] == k).sum() - p[bins == b, k].sum()) for b in range(15)) / rows)
    predicted = p.argmax(1)
    recall = recall_score(labels, predicted, labels=list(range(classes)), average=None, zero_division=0)
    intervals = []
    for k in range(classes):
        if sizes[k] == 0:
            intervals.append([0.0, 1.0])
            continue
        ci = binomtest(int(((predicted == k) & (labels == k)).sum()), int(sizes[k])).proportion_ci(method="wilson")
        intervals.append([ci.low, ci.high])
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": [float(v) for v in probabilities.ravel()],
        "thresholds": [None if np.isnan(t) else t for t in thresholds],
        "confidentJoint": joint.tolist(),
        "estimatedJoint": estimated.tolist(),
        "suspects": off[np.lexsort((off, margin))].tolist(),
        "calibration": errors,
        "recall": recall.tolist(),
        "recallIntervals": intervals,
    }


def mcnemar(b, c):
    return {"onlyFirst": b, "onlySecond": c, "p": binomtest(min(b, c), b + c, 0.5).pvalue if b + c else 1.0}


result = {
    "cases": [
        case("seven classes", 350, 7, 11, 0.9),
        case("sure of itself", 200, 7, 12, 3.0),
        case("three classes", 150, 3, 13, 1.0),
        case("a class without rows", 150, 4, 14, 1.0, absent=(2,)),
    ],
    "mcnemar": [mcnemar(b, c) for b, c in [(0, 0), (1, 0), (5, 5), (3, 12), (40, 61), (203, 151), (1200, 1300), (0, 60)]],
}
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(result, separators=(",", ":")).replace('{"name"', '\n{"name"').replace('"mcnemar"', '\n"mcnemar"') + "\n")
print(target, target.stat().st_size)
