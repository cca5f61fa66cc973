"""Golden numbers for MulticlassClassificationMetrics from scikit-learn (Debian: python3-sklearn 1.2.1).

    python3 Fer.Tests/Golden/metrics_sklearn.py

writes metrics_sklearn.json beside itself: seeded synthetic probabilities (float32 values written exactly), labels and the figures.
What scikit-learn lacks (the calibration error, Wilson's interval, the temperature) is computed here from its definition.
"""
import json
import math
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn import metrics as sk


def case(name, rows, classes, seed, sharpness, absent=(), never=()):
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.full(classes, 3.0))
    shares[list(absent)] = 0
    labels = random.choice(classes, size=rows, p=shares / shares.sum())
    logits = random.normal(size=(rows, classes)) * sharpness
    logits[np.arange(rows), labels] += 1.2
    logits[:, list(never)] -= 60
    e = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = (e / e.sum(1, keepdims=True)).astype(np.float32)
    p = probabilities.astype(np.float64)
    p /= p.sum(1, keepdims=True)
    predicted = p.argmax(1)
    every = list(range(classes))
    precision, recall, f1, support = sk.precision_recall_fscore_support(labels, predicted, labels=every, zero_division=0)
    confidence, correct = p.max(1), predicted == labels
    ece = 0.0
    for b in range(15):
        inside = (confidence > b / 15) & (confidence <= (b + 1) / 15)
        if inside.any():
            ece += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    accuracy = sk.accuracy_score(labels, predicted)
    z = 1.959963984540054
    centre = (accuracy + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * math.sqrt(accuracy * (1 - accuracy) / rows + z * z / (4 * rows * rows))
    prior = np.bincount(labels, minlength=classes) / rows
    prior_loss = sk.log_loss(labels, np.tile(prior, (rows, 1)), labels=every)
    # scikit-learn clips at the type's rounding unit; 1e-15 is ML.NET's bound.
    loss = sk.log_loss(labels, p, labels=every, eps=1e-15)
    log_p = np.log(np.maximum(probabilities, np.float32(1e-30))).astype(np.float64)

    def at(beta):
        scaled = beta * log_p
        scaled -= scaled.max(1, keepdims=True)
        return float((np.log(np.exp(scaled).sum(1)) - scaled[np.arange(rows), labels]).mean())

    beta = minimize_scalar(at, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10}).x
    with_rows = [k for k in every if prior[k] > 0]
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": [float(v) for v in probabilities.ravel()],
        "accuracy": accuracy,
        "accuracyInterval": [centre - half, centre + half],
        "macroAccuracy": sk.balanced_accuracy_score(labels, predicted),
        "macroF1": sk.f1_score(labels, predicted, average="macro", zero_division=0),
        "logLoss": loss,
        "logLossReduction": (prior_loss - loss) / prior_loss,
        "perClassLogLoss": [sk.log_loss(labels[labels == k], p[labels == k], labels=every, eps=1e-15) if k in with_rows else 0.0
                            for k in every],
        "topK": [sk.top_k_accuracy_score(labels, p, k=k, labels=every) for k in range(1, classes)] + [1.0],
        "brier": sum(sk.brier_score_loss(labels == k, p[:, k], pos_label=True) for k in every),
        "expectedCalibrationError": ece,
        "confusion": sk.confusion_matrix(labels, predicted, labels=every).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "temperature": 1 / beta,
    }


cases = [
    case("seven classes", 400, 7, 1, 0.9),
    case("sure of itself", 250, 7, 2, 3.0),
    case("three classes", 200, 3, 3, 1.0),
    case("a class without rows", 150, 4, 4, 1.0, absent=(2,)),
    case("a class never predicted", 150, 4, 5, 1.0, never=(1,)),
    case("a class neither there nor predicted", 150, 5, 6, 1.0, absent=(3,), never=(3,)),
]
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text(json.dumps(cases, indent=None, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
print(target, target.stat().st_size)
