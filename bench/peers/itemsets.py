"""mlxtend's fpgrowth; its result is the itemsets, each with its items sorted and joined by commas."""

import pandas
from mlxtend.frequent_patterns import fpgrowth
from mlxtend.preprocessing import TransactionEncoder
from serve import serve


def prepare(order):
    encoder = TransactionEncoder()
    encoded = encoder.fit_transform(order["baskets"])
    return pandas.DataFrame(encoded, columns=encoder.columns_), order["support"]


def run(state):
    table, support = state
    found = fpgrowth(table, min_support=support, use_colnames=True)
    return [",".join(sorted(items)) for items in found["itemsets"]]


serve(prepare, run)
