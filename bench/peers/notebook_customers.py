"""Segments, loyalty and unusual customers in the notebook."""

import numpy as np
import pandas as pd
from joblib import delayed
from notebook_buyers import bought, expected_value, fit_value
from notebook_tables import in_parallel, rhythm
from scipy.stats import norm, rankdata
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.ensemble import HistGradientBoostingRegressor, IsolationForest
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, r2_score, silhouette_score
from sklearn.neighbors import NearestNeighbors


def recent_count(frame, cut, who):
    return frame[(frame["day"] > cut - 365) & (frame["day"] <= cut)].groupby("who").size().reindex(who, fill_value=0)


def figures(events, cut):
    """Recency, frequency, money, evenness, breadth, tickets and touches of everybody who had bought by a day."""
    past = events["purchases"][events["purchases"]["day"] <= cut]
    base = rhythm(past, cut)
    table = pd.DataFrame({"recency": cut - base["last"], "frequency": base["orders"], "money": past.groupby("who")["money"].sum().reindex(base.index)})
    even = 1 / (1 + base["gap_sd"] / base["gap_mean"])
    table["evenness"] = even.where(base["orders"] > 2, even[base["orders"] > 2].median())
    table["breadth"] = past.groupby("who")["news"].sum().reindex(base.index)
    table["tickets"] = recent_count(events["tickets"], cut, base.index)
    table["touches"] = recent_count(events["touches"], cut, base.index)
    return table, base


def logs(table):
    x = np.log1p(table.drop(columns="evenness").clip(lower=0))
    x["frequency"] = np.log(table["frequency"])
    x.insert(3, "evenness", table["evenness"])
    return x.to_numpy()


def judged(x, few, k):
    model = KMeans(k, n_init=5, random_state=0).fit(x)
    labels, own = model.labels_, model.predict(few)
    again = []
    for seed in range(10):
        rows = np.random.default_rng(seed).integers(0, len(few), len(few))
        again.append(adjusted_rand_score(own, KMeans(k, n_init=2, random_state=0).fit(few[rows]).predict(few)))
    return silhouette_score(x, labels), calinski_harabasz_score(x, labels), np.mean(again)


def segments(table):
    """k in 3 to 7 by the least sum of places in three rankings; who fits nowhere; which segments are close."""
    x = logs(table)
    x = np.clip(x, *np.quantile(x, [0.01, 0.99], axis=0))
    x = (x - x.mean(0)) / np.maximum(x.std(0), 1e-9)
    random = np.random.default_rng(0)
    sample = x if len(x) <= 5000 else x[np.sort(random.permutation(len(x))[:5000])]
    few = sample if len(sample) <= 2000 else sample[np.sort(random.permutation(len(sample))[:2000])]
    ks = list(range(3, 8))
    scores = np.array(in_parallel(delayed(judged)(sample, few, k) for k in ks))
    places = (scores[None, :, :] > scores[:, None, :]).sum((1, 2))
    k = ks[int(np.argmin(places))]
    model = KMeans(k, n_init=5, random_state=0).fit(x)
    crowd = x if len(x) <= 20_000 else x[random.permutation(len(x))[:20_000]]
    least = 2 * x.shape[1]
    far = np.sort(NearestNeighbors(n_neighbors=least).fit(crowd).kneighbors(crowd)[0][:, -1])
    line = np.linspace(far[0], far[-1], len(far))
    alone = DBSCAN(eps=far[np.argmax(line - far)], min_samples=least).fit_predict(crowd) == -1
    AgglomerativeClustering(n_clusters=None, distance_threshold=0, linkage="average").fit(model.cluster_centers_)
    return k, model.labels_, int(alone.sum())


def points(events, cut, limits):
    """Loyalty points of a day: value by the models of buying, tenure, breadth, regularity, and a ticket load that counts against."""
    table, base = figures(events, cut)
    who, x, t_x, t, mean = bought(events["purchases"], cut)
    year = expected_value(fit_value(x, t_x, t, mean), x, t_x, t, mean, 365)
    parts = pd.DataFrame({"value": year, "tenure": cut - base["first"], "breadth": table["breadth"], "evenness": table["evenness"], "calm": -table["tickets"]}, index=who)
    limits = parts.quantile([0.05, 0.95]) if limits is None else limits
    low, high = limits.iloc[0], limits.iloc[1]
    return (20 * ((parts - low) / (high - low).replace(0, 1)).clip(0, 1)), limits


def loyalty(events, today):
    """Points, tiers, and next quarter's points by boosting and ridge regression, judged on the newest quarter."""
    now, limits = points(events, today, None)
    states = [now] + [points(events, today - 91 * (q + 1), limits)[0] for q in range(5)]
    quarters = []
    for q in range(1, 5):
        start, end = states[q], states[q - 1].sum(axis=1)
        rows = start.assign(sum=start.sum(axis=1), change=start.sum(axis=1) - states[q + 1].sum(axis=1).reindex(start.index)).fillna({"change": 0})
        quarters.append((rows.to_numpy(), end.reindex(start.index).to_numpy()))
    x, y = (np.concatenate([quarter[i] for quarter in quarters[1:]]) for i in [0, 1])
    boosting = HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=8, min_samples_leaf=20, l2_regularization=1, early_stopping=False)
    told = {name: r2_score(quarters[0][1], model.fit(x, y).predict(quarters[0][0])) for name, model in {"boosting": boosting, "ridge": Ridge(1)}.items()}
    best = {"boosting": boosting, "ridge": Ridge(1)}[max(told, key=told.get)]
    ahead = best.fit(np.concatenate([x, quarters[0][0]]), np.concatenate([y, quarters[0][1]])).predict(quarters[0][0])
    tiers = pd.cut(now.sum(axis=1), [-1, 30, 50, 70, 101], labels=["Bronze", "Silver", "Gold", "Platinum"])
    return told, ahead, tiers


def robust(values):
    middle = np.median(values, axis=0)
    return (values - middle) / np.maximum(1.4826 * np.median(np.abs(values - middle), axis=0), 1e-9)


def anomalies(events, table, today):
    """Unlike anybody: an isolation forest over ranks, against copies with shuffled columns; bursts against one's own history; weeks and mix."""
    some = table[(table["frequency"] >= 3) & (table["money"] > 0)]
    x = np.column_stack([some["recency"], some["frequency"], some["money"] / some["frequency"], some["breadth"], some["tickets"]])
    ranks = norm.ppf((rankdata(x, axis=0) - 0.5) / len(x))
    factor = np.linalg.inv(np.linalg.cholesky(np.cov(ranks.T) + 1e-3 * np.eye(5)))
    z = ranks @ factor.T
    random = np.random.default_rng(0)
    copies = int(min(16, max(3, -(-5000 // len(z)))))
    by_chance = []
    for _ in range(copies):
        shuffled = np.column_stack([random.permutation(column) for column in z.T])
        by_chance.append(-IsolationForest(n_estimators=100, random_state=0).fit(shuffled).score_samples(shuffled))
    odd = -IsolationForest(n_estimators=100, random_state=0).fit(z).score_samples(z) > np.quantile(np.concatenate(by_chance), 0.995)
    paid = events["purchases"][events["purchases"]["money"] > 0].assign(log=lambda frame: np.log(frame["money"]))
    by = paid.groupby("who")
    recent = by.tail(1).set_index("who")
    before = paid[by.cumcount(ascending=False) > 0].groupby("who")
    spread = before["log"].agg(lambda values: max(0.1, 1.4826 * np.median(np.abs(values - np.median(values)))))
    spend = ((recent["log"] - before["log"].median()) / spread)[by.size() > 6]
    gaps = by["day"].diff().groupby(paid["who"])
    quiet = ((today - by["day"].max()) / gaps.median())[by.size() > 7]
    opened = events["tickets"].assign(window=(today - events["tickets"]["day"]) // 28)
    windows = opened[opened["window"] < 14].groupby(["who", "window"]).size().unstack(fill_value=0)
    bursts = (windows.iloc[:, 0] >= 3) & (windows.iloc[:, 0] > windows.iloc[:, 1:].mean(axis=1) + 3 * np.sqrt(windows.iloc[:, 1:].mean(axis=1) + 0.1))
    weekly = paid.groupby((paid["day"] - today) // 7)["money"].sum()
    weeks = robust(weekly.to_numpy())
    return int(odd.sum()), int((spend.abs() > 3).sum()), int((quiet > 2).sum()), int(bursts.sum()), int((np.abs(weeks) > 3).sum())
