"""A first notebook of the questions of a run of Kith's analyses, as an analyst would begin it with pandas and scikit-learn.

From a folder of CRM export files: won revenue in the account's currency, monthly cohorts, RFM, no-order risk by seven
models in grouped folds at two past cut-offs, segments for k = 2 to 8 with silhouettes and bootstrapped stability, value by
BG/NBD and Gamma-Gamma, tiers, rules and sequences of two, item-item and latent-factor recommendations with a back-test,
unusual customers and months, a forecast by competing exponential smoothings, tickets by risk, and look-alike companies.
Leaves out much that Kith does; notebook.py answers as much.
"""

import difflib
import json
import os

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln
from serve import serve
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, log_loss, roc_auc_score, silhouette_score
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.decomposition import TruncatedSVD
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

HORIZON = 90


def load(folder):
    texts = ["id", "company_id", "deal_id", "dealstage", "stage_id", "hs_product_id"]
    read = lambda name: pd.read_csv(os.path.join(folder, name + ".csv"), dtype=dict.fromkeys(texts, str), low_memory=False)
    tables = {name: read(name) for name in ["companies", "contacts", "deals", "line_items", "tickets", "products", "pipelines"]}
    tables["account"] = json.load(open(os.path.join(folder, "account.json")))
    return tables


def won_deals(tables, of_nobody=False):
    stages = tables["pipelines"]
    won = set(stages[(stages["is_closed"].astype(str).str.lower() == "true") & (stages["probability"].astype(float) == 1)]["stage_id"])
    deals = tables["deals"]
    deals = deals[deals["dealstage"].isin(won) & (deals["company_id"].notna() | of_nobody) & deals["closedate"].notna()].copy()
    deals["closed"] = pd.to_datetime(deals["closedate"], utc=True)
    # An amount in a currency without a rate is no money here, as in Kith.
    own = deals["deal_currency_code"].fillna("").isin(["", tables["account"]["companyCurrency"]])
    deals["money"] = deals["amount_in_home_currency"].fillna(deals["amount"].where(own)).astype(float)
    return deals.sort_values("closed")


def features(deals, tickets, at):
    past = deals[deals["closed"] < at]
    by = past.groupby("company_id")
    days = lambda series: (at - series).dt.total_seconds() / 86400
    gaps = by["closed"].diff().dt.total_seconds() / 86400
    table = pd.DataFrame({"recency": days(by["closed"].max()), "tenure": days(by["closed"].min()), "frequency": by.size(), "money": by["money"].sum(), "mean": by["money"].mean(), "sd": by["money"].std(), "largest": by["money"].max()})
    table["gap"], table["gap_sd"], table["last_gap"] = (gaps.groupby(past["company_id"]).agg(how) for how in ["mean", "std", "last"])
    for window in [30, 90, 180, 365]:
        recent = past[past["closed"] >= at - pd.Timedelta(days=window)].groupby("company_id")
        table[f"orders_{window}"], table[f"money_{window}"] = recent.size(), recent["money"].sum()
    seen = tickets[tickets["created"] < at]
    table["tickets"] = seen.groupby("company_id").size()
    table["urgent"] = seen[seen["hs_ticket_priority"] == "URGENT"].groupby("company_id").size()
    table["overdue"] = table["recency"] / table["gap"]
    for name in ["money", "mean", "largest"]:
        table["log_" + name] = np.log1p(table[name].clip(lower=0))
    return table.fillna(0).replace([np.inf, -np.inf], 0)


def churn(deals, tickets, end):
    cuts = [end - pd.Timedelta(days=2 * HORIZON), end - pd.Timedelta(days=HORIZON)]
    sets = []
    for cut in cuts:
        table = features(deals, tickets, cut)
        bought = set(deals[(deals["closed"] >= cut) & (deals["closed"] < cut + pd.Timedelta(days=HORIZON))]["company_id"])
        sets.append((table, (~table.index.isin(bought)).astype(int)))
    linear = lambda model: make_pipeline(StandardScaler(), model)
    entrants = {f"logistic {c}": linear(LogisticRegression(C=c, max_iter=500)) for c in [0.01, 0.1, 1]}
    entrants["lasso"] = linear(LogisticRegression(penalty="l1", solver="liblinear", C=0.1))
    entrants["svm"] = linear(CalibratedClassifierCV(LinearSVC(dual=False), cv=3))
    entrants["bayes"] = make_pipeline(QuantileTransformer(n_quantiles=100), GaussianNB())
    entrants |= {f"tree {depth}": DecisionTreeClassifier(max_depth=depth, min_samples_leaf=20) for depth in [2, 4]}
    entrants["forest"] = RandomForestClassifier(40, max_depth=6, min_samples_leaf=10, n_jobs=-1, random_state=0)
    entrants |= {f"boosting {leaves}": HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=leaves, l2_regularization=1, early_stopping=False) for leaves in [4, 8]}
    entrants["net"] = linear(MLPClassifier((16,), max_iter=100, random_state=0))
    (train, left), (later, left_later) = sets
    board = {}
    for name, model in entrants.items():
        losses = []
        for table, labels in sets:
            out = np.zeros(len(labels))
            for inside, outside in GroupKFold(5).split(table, labels, table.index):
                out[outside] = model.fit(table.iloc[inside], labels[inside]).predict_proba(table.iloc[outside])[:, 1]
            losses.append(log_loss(labels, out))
        ahead = model.fit(train, left).predict_proba(later)[:, 1]
        board[name] = (np.mean(losses), roc_auc_score(left_later, ahead))
    best = min(board, key=lambda name: board[name][0])
    return board[best][1], entrants[best].fit(later, left_later).predict_proba(features(deals, tickets, end))[:, 1]


def segments(table):
    x = StandardScaler().fit_transform(np.log1p(table[["recency", "frequency", "money", "mean", "gap"]].clip(lower=0)))
    random = np.random.default_rng(0)
    scores = {}
    for k in range(2, 9):
        labels = KMeans(k, n_init=10, random_state=0).fit_predict(x)
        width = silhouette_score(x, labels, sample_size=min(5000, len(x)), random_state=0)
        again = []
        for _ in range(10):
            rows = random.integers(0, len(x), len(x))
            other = KMeans(k, n_init=3, random_state=0).fit(x[rows])
            again.append(adjusted_rand_score(labels, other.predict(x)))
        scores[k] = (width * np.mean(again), calinski_harabasz_score(x, labels))
    return KMeans(max(scores, key=lambda k: scores[k][0]), n_init=10, random_state=0).fit_predict(x)


def value(table):
    x, t_x, t, m = (table[name].to_numpy(float) for name in ["frequency", "recency", "tenure", "mean"])
    x, t_x, t, m = x - 1, (t - t_x) / 7, t / 7, np.maximum(m, 0.01)

    def bg_nbd(log_parameters):
        r, alpha, a, b = np.exp(log_parameters)
        one = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        two = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        three = -(r + x) * np.log(alpha + t)
        four = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
        return -np.mean(one + two + np.logaddexp(three, four))

    def gamma_gamma(log_parameters):
        p, q, v = np.exp(log_parameters)
        n = x + 1
        return -np.mean(gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v) + (p * n - 1) * np.log(m) + p * n * np.log(n) - (p * n + q) * np.log(v + n * m))

    fits = [minimize(bg_nbd, start, method="Nelder-Mead", options={"maxiter": 2000}) for start in [[0, 0, 0, 0], [-1, 2, -1, 1]]]
    return min(fits, key=lambda fit: fit.fun).x, minimize(gamma_gamma, [1, 1, 1], method="Nelder-Mead", options={"maxiter": 2000}).x


def baskets(tables, deals):
    items = tables["line_items"].merge(deals[["id", "company_id", "closed"]], left_on="deal_id", right_on="id", suffixes=("", "_deal"))
    lines = items[["deal_id", "company_id", "closed", "hs_product_id"]].drop_duplicates(["deal_id", "hs_product_id"])
    pairs = lines.merge(lines, on="deal_id")
    pairs = pairs[pairs["hs_product_id_x"] != pairs["hs_product_id_y"]]
    together = pairs.groupby(["hs_product_id_x", "hs_product_id_y"]).size()
    counts = lines.groupby("hs_product_id").size()
    rules = together.reset_index(name="n")
    rules["confidence"] = rules["n"] / rules["hs_product_id_x"].map(counts)
    rules["lift"] = rules["confidence"] / rules["hs_product_id_y"].map(counts) * lines["deal_id"].nunique()
    ordered = lines.sort_values("closed")
    ordered["next"] = ordered.groupby("company_id")["hs_product_id"].shift(-1)
    return lines, rules[rules["lift"] > 1], ordered.groupby(["hs_product_id", "next"]).size()


def recommend(lines):
    last = lines.sort_values("closed").groupby("company_id").tail(1)
    known = lines.drop(last.index)
    matrix = pd.crosstab(known["company_id"], known["hs_product_id"]).clip(upper=1)
    x = matrix.to_numpy(float)
    norms = np.maximum(np.linalg.norm(x, axis=0), 1e-9)
    similar = (x.T @ x) / np.outer(norms, norms)
    rows = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    users = (rows @ rows.T) @ x if len(x) <= 5000 else x
    factors = TruncatedSVD(min(8, x.shape[1] - 1), random_state=0).fit(x)
    scores = {"popular": np.tile(x.sum(0), (len(x), 1)), "items": x @ similar, "users": users, "factors": factors.transform(x) @ factors.components_}
    wanted = last[last["company_id"].isin(matrix.index)]
    rows_of = matrix.index.get_indexer(wanted["company_id"])
    columns_of = matrix.columns.get_indexer(wanted["hs_product_id"])
    return {name: np.mean([column in np.argsort(-score[row])[:3] for row, column in zip(rows_of, columns_of)]) for name, score in scores.items()}


def forecast(deals, end):
    monthly = deals.set_index("closed")["money"].resample("M").sum()[:-1].to_numpy()

    def errors(parameters, y, season):
        alpha, beta, gamma, phi = 1 / (1 + np.exp(-parameters))
        level, trend, seasonal, squares = y[:12].mean(), 0.0, list(y[:12] - y[:12].mean()) if season else [0.0] * 12, 0.0
        for i, value in enumerate(y):
            ahead = level + phi * trend + seasonal[i % 12]
            squares += (value - ahead) ** 2
            before = level
            level = alpha * (value - seasonal[i % 12]) + (1 - alpha) * (level + phi * trend)
            trend = beta * (level - before) + (1 - beta) * phi * trend
            if season:
                seasonal[i % 12] = gamma * (value - level) + (1 - gamma) * seasonal[i % 12]
        return squares

    return [minimize(errors, [0, -2, -2, 2], (monthly[:origin], season), method="Nelder-Mead", options={"maxiter": 400}).fun for origin in range(max(13, len(monthly) - 6), len(monthly) + 1) for season in [False, True]]


def look_alikes(companies):
    names = companies.assign(key=companies["name"].str.lower().str.replace(r"[^a-z0-9]", "", regex=True).str[:4])
    pairs = 0
    for _, group in names.groupby("key"):
        values = group["name"].str.lower().tolist()[:200]
        for i, one in enumerate(values):
            matcher = difflib.SequenceMatcher(b=one)
            for other in values[i + 1 :]:
                matcher.set_seq1(other)
                pairs += matcher.quick_ratio() > 0.9 and matcher.ratio() > 0.9
    return pairs


def run(folder):
    tables = load(folder)
    deals = won_deals(tables)
    tickets = tables["tickets"]
    tickets["created"] = pd.to_datetime(tickets["createdate"], utc=True)
    end = max(deals["closed"].max(), tickets["created"].max())
    table = features(deals, tickets, end)
    first = deals.groupby("company_id")["closed"].transform("min").dt.tz_localize(None).dt.to_period("M")
    deals.assign(first=first, month=deals["closed"].dt.tz_localize(None).dt.to_period("M")).groupby(["first", "month"])["company_id"].nunique().unstack()
    table[["recency", "frequency", "money"]].rank(pct=True).mul(5).apply(np.ceil)
    auc, risk = churn(deals, tickets, end)
    segments(table)
    value(table)
    pd.qcut(table["money_365"].rank(method="first"), 4, labels=False)
    lines, _, _ = baskets(tables, deals)
    recommend(lines)
    IsolationForest(n_estimators=100, random_state=0).fit(table).score_samples(table)
    forecast(deals, end)
    tickets.assign(risk=tickets["company_id"].map(dict(zip(table.index, risk)))).sort_values("risk")
    look_alikes(tables["companies"])
    revenue = round(deals["money"].sum(), 2)
    return {"customers": len(tables["companies"]), "revenue": f"{revenue:.2f}", "auc": auc}


if __name__ == "__main__":
    serve(lambda order: order["folder"], run)
