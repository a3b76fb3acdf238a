"""scikit-learn's k-means; its result is the inertia."""

import numpy
from serve import serve
from sklearn.cluster import KMeans


def prepare(order):
    return numpy.fromfile(order["x"]).reshape(-1, order["columns"]), order


def run(state):
    x, order = state
    return KMeans(n_clusters=order["k"], n_init=order["starts"], random_state=0).fit(x).inertia_


serve(prepare, run)
