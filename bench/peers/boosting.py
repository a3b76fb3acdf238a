"""scikit-learn's HistGradientBoostingClassifier; its result is the probability of each hold-out row."""

import numpy
from serve import serve
from sklearn.ensemble import HistGradientBoostingClassifier


def prepare(order):
    read = lambda name: numpy.fromfile(order[name])
    columns = order["columns"]
    return read("x").reshape(-1, columns), read("y"), read("heldOut").reshape(-1, columns), order


def run(state):
    x, y, held_out, order = state
    fitted = HistGradientBoostingClassifier(
        max_iter=order["trees"],
        learning_rate=order["learningRate"],
        max_leaf_nodes=order["maxLeaves"],
        min_samples_leaf=order["minLeaf"],
        l2_regularization=order["l2"],
        early_stopping=False,
        random_state=0,
    ).fit(x, y)
    return fitted.predict_proba(held_out)[:, 1].tolist()


serve(prepare, run)
