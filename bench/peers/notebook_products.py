"""Products in the notebook: what goes together, what comes next, what to suggest."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import hypergeom
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity


def adjusted(p):
    """Benjamini and Hochberg."""
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    out = np.empty(len(p))
    out[order] = np.minimum(1, np.minimum.accumulate(ranked[::-1])[::-1])
    return out


def held(rows, columns):
    """Which row holds which column, 0 or 1."""
    (i, names), (j, products) = pd.factorize(rows, sort=True), pd.factorize(columns, sort=True)
    x = np.zeros((len(names), len(products)))
    x[i, j] = 1
    return pd.DataFrame(x, names, products)


def itemsets(x, least, longest):
    """Level by level, each set with the rows that hold it: boolean columns and one matrix product a level."""
    x = x.astype(np.float32)
    counts = {(j,): int(n) for j, n in enumerate(x.sum(0)) if n >= least}
    level = {(j,): x[:, j] for (j,) in counts}
    for _ in range(longest - 1):
        if not level:
            break
        keys = list(level)
        both = np.stack([level[key] for key in keys]) @ x
        grown = {}
        for row, key in enumerate(keys):
            for j in np.flatnonzero(both[row] >= least):
                if j > key[-1] and all(part in counts for part in combinations((*key, j), len(key))):
                    grown[*key, int(j)] = level[key] * x[:, j]
                    counts[*key, int(j)] = int(both[row, j])
        level = grown
    return counts


def rules_of(counts, n):
    rows = []
    for key, together in counts.items():
        for j in key if len(key) > 1 else []:
            rest = tuple(i for i in key if i != j)
            rows.append((rest, j, together, counts[rest], counts[j,]))
    rules = pd.DataFrame(rows, columns=["if", "then", "n", "a", "b"])
    rules["confidence"], rules["lift"] = rules["n"] / rules["a"], rules["n"] * n / (rules["a"] * rules["b"])
    rules = rules[(rules["confidence"] >= 0.1) & (rules["lift"] >= 1.2)].copy()
    rules["p"] = adjusted(hypergeom.sf(*(values.to_numpy() for values in [rules["n"] - 1, rules["n"] * 0 + n, rules["a"], rules["b"]])))
    return rules[rules["p"] <= 0.05].sort_values("lift", ascending=False)


def baskets(every_line):
    """Rules of what is in one deal, and of all that a customer bought, from which offers are made."""
    deals = held(every_line["deal_id"], every_line["product"])
    lines = every_line[every_line["who"].notna()]
    sets = itemsets(deals.to_numpy(), max(5, int(np.ceil(0.02 * len(deals) - 1e-9))), 5)
    rules_of(sets, len(deals))
    owned = held(lines["who"], lines["product"]).to_numpy() > 0
    theirs = rules_of(itemsets(owned, max(5, int(np.ceil(0.02 * len(owned) - 1e-9))), 3), len(owned))
    offers = np.zeros(owned.shape)
    for rule in theirs.itertuples():
        holds = owned[:, list(rule[1])].all(axis=1) & ~owned[:, rule.then]
        offers[holds, rule.then] = np.maximum(offers[holds, rule.then], rule.confidence)
    return len(deals), len(sets), int((offers.max(axis=1) > 0).sum())


def sequences(lines):
    """Of one, two and three products bought one after the other, at most a year apart, by 2 % of the customers; and the usual delays."""
    bought = lines[["who", "day", "product"]].drop_duplicates()
    bought = bought.assign(**{name: pd.factorize(bought[name])[0] for name in ["who", "product"]}).astype(np.int64)
    wide, span = bought["product"].max() + 1, bought["day"].max() + 1
    least = max(5, int(np.ceil(0.02 * bought["who"].nunique() - 1e-9)))
    found = int((bought.groupby("product")["who"].nunique() >= least).sum())
    # One number for who, the products so far and the last day: what is there twice is then found at once.
    current = bought.rename(columns={"product": "so_far"})
    for k in [1, 2]:
        grown = current.merge(bought, on="who", suffixes=("", "_next"))
        grown = grown[(grown["day_next"] - grown["day"]).between(1, 365)]
        key = grown["so_far"].to_numpy() * wide + grown["product"].to_numpy()
        who, day = grown["who"].to_numpy(), grown["day_next"].to_numpy()
        if k == 1:
            waited = pd.Series(day - grown["day"].to_numpy()).groupby(who * wide**2 + key).first()
            delays = waited.groupby(waited.index % wide**2).quantile([0.25, 0.5, 0.75])
        last = np.unique((who * wide ** (k + 1) + key) * span + day)
        pairs = np.unique(last // span)
        support = np.bincount(pairs % wide ** (k + 1), minlength=wide ** (k + 1))
        found += int((support >= least).sum())
        who, key = np.divmod(last // span, wide ** (k + 1))
        current = pd.DataFrame({"who": who, "so_far": key, "day": last % span})[support[key] >= least]
    return found, delays


def factors(x, size=16, rounds=8, weight=10, penalty=10):
    """Implicit alternating least squares: everybody's small system at once."""
    random = np.random.default_rng(0)
    users, items = (0.1 * random.standard_normal((n, size)) for n in x.shape)
    for _ in range(rounds):
        for one, other, rows in [(0, items, x), (1, users, x.T)]:
            system = other.T @ other + penalty * np.eye(size) + weight * np.einsum("ui,ik,il->ukl", rows, other, other, optimize=True)
            solved = np.linalg.solve(system, ((1 + weight) * rows @ other)[..., None])[..., 0]
            users, items = (solved, items) if one == 0 else (users, solved)
    return users @ items.T


def similar_to(x, rows, most=50):
    """Of each of some rows of ones: the shrunk cosine to its most similar other rows."""
    together, sizes = x[rows] @ x.T, np.sqrt(np.maximum(x.sum(1), 1))
    similar = together * together / (together + 10) / np.outer(sizes[rows], sizes)
    similar[np.arange(len(rows)), rows] = 0
    if similar.shape[1] > most:
        cut = np.partition(similar, -most, axis=1)[:, -most][:, None]
        similar[similar < cut] = 0
    return similar


def scores_of(name, x, groups, products, rows):
    """Of the customers at rows, how much speaks for each product."""
    if name == "popularity":
        return np.tile(x.sum(0), (len(rows), 1))
    if name == "segment-popularity":
        return pd.DataFrame(x).groupby(groups).transform("sum").to_numpy()[rows]
    if name == "content":
        words = CountVectorizer().fit_transform(products["name"])
        price = np.log1p(products["price"].astype(float).to_numpy())[:, None]
        return x[rows] @ (cosine_similarity(words) + np.exp(-np.abs(price - price.T)))
    if name == "factors":
        return factors(x)[rows]
    if name == "item-item":
        return x[rows] @ similar_to(x.T, np.arange(x.shape[1]))
    # A block of customers at a time: their likeness to all others need not be kept.
    return np.concatenate([similar_to(x, some) @ x for some in np.array_split(rows, max(1, len(rows) // 1000))])


METHODS = ["popularity", "segment-popularity", "content", "item-item", "user-user", "factors"]


def recommend(lines, products, groups, last, horizon):
    """Six methods on what was bought up to one cut-off, by whether one of three suggestions was bought after it."""
    cut = last - horizon
    products = products.set_index("id").loc[sorted(lines["product"].unique())]
    known = lines[lines["day"] <= cut]
    matrix = held(known["who"], known["product"]).reindex(columns=products.index, fill_value=0)
    x = matrix.to_numpy(float)
    quiet = cut - known.groupby("who")["day"].max().reindex(matrix.index)
    after = lines[(lines["day"] > cut) & (lines["day"] <= last)]
    news = held(after["who"], after["product"]).reindex(index=matrix.index, columns=products.index, fill_value=0).to_numpy() * (1 - x)
    rows = np.flatnonzero((quiet <= 365) & (news.sum(1) > 0) & ((1 - x).sum(1) > 3))
    random = np.random.default_rng(0)
    rows = rows if len(rows) <= 2000 else np.sort(random.permutation(rows)[:2000])
    of = groups.reindex(matrix.index).fillna("").to_numpy()
    # As in Kith, whoever's work grows with the square of the buyers stays away from a large portal.
    methods = [name for name in METHODS if name != "user-user" or (x.sum(0) ** 2).sum() <= 1e9]
    champion, best, board = None, None, {}
    for name in methods:
        scores = np.where(x[rows] > 0, -np.inf, scores_of(name, x, of, products, rows))
        top = np.argpartition(-scores, 3, axis=1)[:, :3]
        hits = (np.take_along_axis(news[rows], top, axis=1) > 0).any(1).astype(float)
        board[name] = hits.mean()
        gain = None if best is None else hits - best
        if gain is None or gain.mean() > np.std(gain[random.integers(0, len(gain), (200, len(gain)))].mean(1), ddof=1):
            champion, best = name, hits
    everything = held(lines["who"], lines["product"]).reindex(columns=products.index, fill_value=0)
    now = everything.to_numpy(float)
    scores = np.where(now > 0, -np.inf, scores_of(champion, now, groups.reindex(everything.index).fillna("").to_numpy(), products, np.arange(len(now))))
    return champion, board, len(rows), np.argsort(-scores, axis=1)[:, :3]
