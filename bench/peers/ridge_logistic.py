"""scikit-learn's logistic regression with an L2 penalty; its result is the intercept and the coefficients.

Of its solvers the harness is given the one that reaches the asked precision fastest.
"""

import numpy
from serve import serve
from sklearn.linear_model import LogisticRegression


def prepare(order):
    return numpy.fromfile(order["x"]).reshape(-1, order["columns"]), numpy.fromfile(order["y"]), order


def run(state):
    x, y, order = state
    fitted = LogisticRegression(C=1 / order["penalty"], solver=order["solver"], tol=order["tolerance"], max_iter=1000).fit(x, y)
    return [*fitted.intercept_, *fitted.coef_[0]]


serve(prepare, run)
