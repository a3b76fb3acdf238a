"""scikit-learn's silhouette and Calinski-Harabasz scores of the same clusters; its result is both."""

import numpy
from serve import serve
from sklearn.metrics import calinski_harabasz_score, silhouette_score


def prepare(order):
    x = numpy.fromfile(order["x"]).reshape(-1, order["columns"])
    return x, numpy.fromfile(order["assignment"], dtype=numpy.int32), numpy.fromfile(order["sample"], dtype=numpy.int32)


def run(state):
    x, assignment, sample = state
    return [silhouette_score(x[sample], assignment[sample]), calinski_harabasz_score(x, assignment)]


serve(prepare, run)
