"""No-order risk in the notebook: as many cut-offs, entrants, variants, folds and draws as Kith's board has."""

import numpy as np
import pandas as pd
from joblib import delayed
from notebook_buyers import bought, mbg_nbd, silence
from notebook_tables import features, in_parallel
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

MOST_ROWS, FOLDS, DRAWS, BOOTSTRAPS = 50_000, 5, 40, 200
losses_of = lambda labels, chance: -np.log(np.clip(np.where(labels == 1, chance, 1 - chance), 1e-15, 1))
plain = dict(C=1e3, max_iter=500)


class Panels:
    """Features, inputs of MBG/NBD and outcomes of each cut-off, worked out once however many trials use it."""

    def __init__(self, events, horizon):
        self.events, self.horizon, self.kept = events, horizon, {}
        paid = events["purchases"]
        self.paid = paid[paid["money"] > 0]

    def at(self, cut):
        if cut not in self.kept:
            x, base = features(self.events, cut, self.horizon)
            later = self.paid[(self.paid["day"] > cut) & (self.paid["day"] <= cut + self.horizon)]["who"]
            buys = base.assign(t_x=base["last"] - base["first"], t=cut - base["first"], x=base["orders"] - 1)
            self.kept[cut] = x, buys[["x", "t_x", "t"]].to_numpy(float), (~x.index.isin(later)).astype(int)
        return self.kept[cut]

    def training(self, last):
        first = self.paid["day"].min() + -(-self.horizon // 2)
        step = max(7, round(self.horizon / 4))
        cuts = [cut for cut in range(last - self.horizon, first - 1, -step)][:12]
        parts = []
        for cut in cuts:
            x, buys, y = self.at(cut)
            rows = np.arange(len(y))
            if len(rows) > MOST_ROWS // len(cuts):
                rows = np.sort(np.random.default_rng(cut).permutation(rows)[: MOST_ROWS // len(cuts)])
            parts.append((x.iloc[rows], buys[rows], y[rows]))
        frames, buys, labels = zip(*parts)
        return pd.concat(frames), np.concatenate(buys), np.concatenate(labels), cuts


def psi(a, b):
    edges = np.unique(np.nanquantile(a, np.linspace(0, 1, 11)[1:-1]))
    shares = lambda values: (np.bincount(np.searchsorted(edges, values[~np.isnan(values)]), minlength=len(edges) + 1) + 0.5) / (len(values) + 1)
    return np.sum((shares(a) - shares(b)) * np.log(shares(a) / shares(b)))


def stable_columns(x, y, groups):
    """Columns that the lasso keeps in three of five random halves of the customers."""
    random = np.random.default_rng(0)
    codes, names = pd.factorize(groups)

    def draw(seed):
        half = np.isin(codes, np.random.default_rng(seed).permutation(len(names))[: len(names) // 2])
        rows = np.flatnonzero(half)
        rows = rows[:: max(1, -(-len(rows) // 4000))]
        rate = y[rows].mean()
        weight = np.sqrt(rate * (1 - rate)) * np.sqrt(2 * np.log(x.shape[1]) / len(rows))
        fitted = LogisticRegression(penalty="l1", solver="liblinear", C=1 / (weight * len(rows)), random_state=0).fit(x[rows], y[rows])
        return fitted.coef_[0] != 0

    shares = np.mean(in_parallel(delayed(draw)(seed) for seed in random.integers(0, 2**31, DRAWS)), axis=0)
    return np.flatnonzero(shares >= 0.6)


def entrants_of(n):
    leaf = max(10, round(n / 200))
    forest = RandomForestClassifier(40, max_depth=6, min_samples_leaf=leaf, random_state=0)
    boosting = lambda leaves: HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=leaves, min_samples_leaf=leaf, l2_regularization=1, early_stopping=False)
    return {
        "overdue": ([LogisticRegression(**plain)], None),
        "mbg-nbd": ([LogisticRegression(**plain)], None),
        "ridge": ([LogisticRegression(C=1 / penalty, max_iter=500) for penalty in [0.3, 3, 30, 300]], MOST_ROWS),
        "textbook": ([LogisticRegression(penalty="none", max_iter=200)], None),
        "tree": ([DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf) for depth in [2, 4]], MOST_ROWS),
        "forest": ([forest], 20_000),
        "boosting": ([boosting(4), boosting(8)], MOST_ROWS),
        "svm": ([LinearSVC(C=cost, dual=False) for cost in [0.01, 0.3]], 20_000),
        "net": ([MLPClassifier((8,), alpha=1e-3, batch_size=64, learning_rate_init=0.01, max_iter=30, random_state=0)], 10_000),
    }


def score_of(model, x):
    return model.decision_function(x) if hasattr(model, "decision_function") else logit(np.clip(model.predict_proba(x)[:, 1], 1e-6, 1 - 1e-6))


def raw_score(model, x):
    """Kith's forest and tree give shares to Platt's sigmoid, not their log-odds."""
    return model.predict_proba(x)[:, 1] if isinstance(model, (RandomForestClassifier, DecisionTreeClassifier)) else score_of(model, x)


def fold(model, x, y, rows, outside):
    inside = rows[~outside]
    return raw_score(clone(model).fit(x[inside], y[inside]), x[rows[outside]])


def clustered_errors(fitted, x, y, groups):
    """Covariance of the weights when a customer's rows are no independent evidence."""
    design = np.column_stack([np.ones(len(x)), x])
    chance = fitted.predict_proba(x)[:, 1]
    bread = np.linalg.inv(design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-9 * np.eye(design.shape[1]))
    sums = pd.DataFrame(design * (y - chance)[:, None]).groupby(np.asarray(groups)).sum().to_numpy()
    return bread @ (sums.T @ sums) @ bread


def learn(x, y, groups, picks, names):
    """Each entrant with its best variant by grouped folds, calibrated on the scores out of fold."""
    random = np.random.default_rng(0)
    folds = pd.factorize(groups)[0] % FOLDS
    plans = {name: (variants, most) for name, (variants, most) in entrants_of(len(y)).items() if name in names}
    tasks, keys, rows_of = [], [], {}
    for name, (variants, most) in plans.items():
        size = 1500 if name == "textbook" else most or MOST_ROWS
        rows_of[name] = rows = np.arange(len(y)) if len(y) <= size else np.sort(random.permutation(len(y))[:size])
        for v, variant in enumerate(variants if most else []):
            for k in range(FOLDS):
                tasks.append(delayed(fold)(variant, x[:, picks[name]], y, rows, folds[rows] == k))
                keys.append((name, v, k))
    out = dict(zip(keys, in_parallel(tasks)))
    fitted = {}
    for name, (variants, most) in plans.items():
        rows, columns = rows_of[name], picks[name]
        best, platt = (np.inf, 0), None
        for v in range(len(variants) if most else 0):
            scores = np.zeros(len(rows))
            for k in range(FOLDS):
                scores[folds[rows] == k] = out[name, v, k]
            sigmoid = LogisticRegression(**plain).fit(scores[:, None], y[rows])
            loss = losses_of(y[rows], sigmoid.predict_proba(scores[:, None])[:, 1]).mean()
            if loss < best[0]:
                best, platt = (loss, v), sigmoid
        model = clone(variants[best[1]]).set_params(**({"n_jobs": -1} if name == "forest" else {})).fit(x[rows][:, columns], y[rows])
        errors = clustered_errors(model, x[rows][:, columns], y[rows], np.asarray(groups)[rows]) if name in ["overdue", "mbg-nbd", "ridge"] else None
        fitted[name] = model, platt, columns, errors
    return fitted


def odds_of(entrant, x):
    model, platt, columns, _ = entrant
    scores = raw_score(model, x[:, columns])
    return scores if platt is None else platt.decision_function(scores[:, None])


class Recipe:
    """Limits, medians, flags and scales of the training rows, and what MBG/NBD expects as one more column."""

    def __init__(self, panels, frame, buys, cut, scored):
        _, x, t_x, t, _ = bought(panels.events["purchases"], cut)
        rows = slice(None) if len(x) <= 20_000 else np.random.default_rng(0).permutation(len(x))[:20_000]
        self.buyers, self.horizon = mbg_nbd(x[rows], t_x[rows], t[rows]), panels.horizon
        raw = self.wide(frame, buys)
        self.low, self.middle, self.high = np.nanquantile(raw, [0.01, 0.5, 0.99], axis=0)
        p = frame.shape[1]
        chance = 9 * (1 / len(frame) + 1 / len(scored))
        moved = [psi(frame.iloc[:, j].to_numpy(), scored.iloc[:, j].to_numpy()) > 0.25 + 2 * chance for j in range(p)] + [False]
        design = self.plain(raw)
        self.mean, sd = design.mean(0), design.std(0)
        self.kept = np.flatnonzero((sd > 1e-9) & ~np.tile(moved, 2))
        self.sd = np.where(sd > 1e-9, sd, 1)

    def wide(self, frame, buys):
        return np.column_stack([frame.to_numpy(), logit(np.clip(silence(self.buyers, *buys.T, self.horizon), 1e-6, 1 - 1e-6))])

    def plain(self, raw):
        missing = np.isnan(raw)
        return np.hstack([np.where(missing, self.middle, np.clip(raw, self.low, self.high)), missing])

    def design(self, frame, buys):
        return ((self.plain(self.wide(frame, buys)) - self.mean) / self.sd)[:, self.kept]


def prepared(panels, last, scored):
    frame, buys, y, cuts = panels.training(last)
    recipe = Recipe(panels, frame, buys, cuts[0], scored)
    x = recipe.design(frame, buys)
    stable = stable_columns(x, y, frame.index)
    late = np.flatnonzero(recipe.kept == frame.columns.get_loc("off_rhythm"))
    expected = np.flatnonzero(recipe.kept == frame.shape[1])
    picks = dict.fromkeys(entrants_of(len(y)), stable) | {"overdue": late, "mbg-nbd": expected}
    return recipe, x, y, frame, picks


def leaks(frame, y):
    known = [frame[name].notna() for name in frame]
    aucs = [roc_auc_score(y[rows], frame[name][rows]) for name, rows in zip(frame, known) if 10 <= y[rows].sum() <= rows.sum() - 10]
    return [auc for auc in aucs if max(auc, 1 - auc) > 0.97]


def trial(panels, cut):
    frame, buys, labels = panels.at(cut)
    recipe, x, y, rows, picks = prepared(panels, cut, frame)
    assert not leaks(rows, y) and not leaks(frame, labels)
    design = recipe.design(frame, buys)
    chances = {"base": np.full(len(labels), y.mean())}
    for name, entrant in learn(x, y, rows.index, picks, list(picks)).items():
        chances[name] = expit(odds_of(entrant, design))
    return labels, chances


def decide(trials):
    """From simple to complex: who beats the incumbent by a bootstrap standard error at both cut-offs replaces it."""
    random, champion, board = np.random.default_rng(0), "base", {}
    for name in trials[0][1]:
        wins = name not in ["base", "net"]
        for labels, chances in trials:
            gain = losses_of(labels, chances[champion]) - losses_of(labels, chances[name])
            error = np.std(gain[random.integers(0, len(gain), (BOOTSTRAPS, len(gain)))].mean(1), ddof=1)
            wins = wins and gain.mean() > max(error, 0.001)
        labels, chances = trials[0]
        board[name] = roc_auc_score(labels, chances[name]), brier_score_loss(labels, chances[name]), calibration_error(labels, chances[name])
        champion = name if wins else champion
    return champion, board


def calibration_error(labels, chance):
    bins = pd.Series(np.minimum(9, (chance * 10).astype(int)))
    table = pd.DataFrame({"gap": labels - chance}).groupby(bins)["gap"].agg(["mean", "size"])
    return np.sum(table["mean"].abs() * table["size"]) / len(labels)


def scenarios(panels, predict, today, horizon):
    """The chance of each customer after a talk, with its tickets solved, after an order, and after days of silence."""
    events = panels.events
    one = lambda frame, more: frame.assign(**more)
    usual = panels.paid.groupby("who")["money"].mean()
    active = features(events, today, horizon)[0].index
    order = pd.DataFrame({"who": active, "day": today, "money": usual.reindex(active).to_numpy(), "news": 0})
    talk = pd.DataFrame({"who": active, "day": today, "type": "call", "direction": "OUTBOUND", "outcome": "COMPLETED"})
    more = lambda name, rows: {**events, name: pd.concat([events[name], rows]).sort_values(["who", "day"], kind="stable")}
    solved = {**events, "tickets": one(events["tickets"], {"closed": events["tickets"]["closed"].fillna(today)})}
    changed = [(more("touches", talk), 0), (solved, 0), (more("purchases", order), 0)] + [(events, days) for days in [7, 14, 30, 60]]
    return [predict(Panels(known, horizon).at(today + days)) for known, days in changed]


def churn(events, today, horizon):
    panels = Panels(events, horizon)
    complete = today - 1
    newest = complete - horizon
    trials = [trial(panels, cut) for cut in [newest, newest - horizon]]
    champion, board = decide(trials)
    frame, buys, _ = panels.at(today)
    recipe, x, y, rows, picks = prepared(panels, complete, frame)
    entrant = learn(x, y, rows.index, picks, [champion])[champion]
    design = recipe.design(frame, buys)
    odds = odds_of(entrant, design)
    # What each column adds: the score with the column at its mean, taken from the score; top three up and two down.
    swapped = []
    for column in entrant[2]:
        without = design.copy()
        without[:, column] = design[:, column].mean()
        swapped.append(odds - odds_of(entrant, without))
    reasons = np.argsort(-np.array(swapped), axis=0)[[0, 1, 2, -1, -2]]
    tried = scenarios(panels, lambda at: odds_of(entrant, recipe.design(at[0], at[1])), today, horizon)
    drift = [psi(rows[name].to_numpy(), frame[name].to_numpy()) for name in rows]
    labels, chances = trials[0]
    return {"auc": board[champion][0], "champion": champion, "judged": len(labels), "stopped": int(labels.sum()), "risk": pd.Series(expit(odds), frame.index), "reasons": reasons, "tried": tried, "drift": drift}
