"""The same questions as a run of Kith's analyses, as a data scientist would answer them with pandas and scikit-learn.

From a folder of CRM export files, with as many entrants, variants, cut-offs, folds, starts and draws as Kith has:
- the horizon by Kaplan-Meier; no-order risk by nine entrants beside the base rate, each learning from up to twelve cut-offs, with
  variants chosen and scores calibrated in five grouped folds, columns kept by 40 lasso draws, a look for leaks and moved columns,
  judged at two later cut-offs by paired bootstraps of 200, the champion fitted again; intervals by clustered errors, reasons of
  every score, seven scenarios a customer, drift (notebook_churn.py, notebook_tables.py);
- value by MBG/NBD and Gamma-Gamma with a back-test, intervals and two rival models (notebook_buyers.py); segments for k = 3 to 7
  with five starts and ten bootstraps, loners and closeness; loyalty points with next quarter's; unusual customers against
  shuffled copies (notebook_customers.py);
- rules of deals and of customers, sequences of up to three, next products by six methods with a back-test (notebook_products.py);
- months ahead by rolling origins, tickets by risk, cohorts, RFM, data health, look-alike companies (here).

Where scikit-learn has no such method the notebook takes a cheaper one: reasons by putting a column at its mean instead of exact Shapley
shares, value intervals by 200 draws a customer instead of the exact distribution, six forms of exponential smoothing with first states
read off the first year instead of fifteen with fitted ones, bursts and mix by plain tests. It leaves out a store, the privacy and the
texts of answers, steady names and tiers from run to run, what moved a score since the last run, and playbooks. It looks at every variant in
all five folds, as GridSearchCV does, at both cut-offs; Kith drops those that trail after two where there are many rows, calibrates
its forest by what trees say of customers that they did not see, and leaves out at the older cut-off who cannot win any more.
"""

import numpy as np
import pandas as pd
from first_notebook import look_alikes
from joblib import delayed
from notebook_buyers import value
from notebook_churn import churn
from notebook_customers import anomalies, figures, loyalty, segments
from notebook_products import baskets, recommend, sequences
from notebook_tables import events_of, horizon_of, in_parallel, load
from scipy.optimize import minimize
from serve import serve

FORMS = [(trend, season) for trend in ["none", "additive", "damped"] for season in ["none", "additive"]]


def smoothed(y, ahead, trend, season, times=False):
    """Exponential smoothing by least squares; AICc and the next months."""
    first = y[:12].mean()
    seasons = [value / first if times else value - first for value in y[:12]] if season != "none" else [1.0 if times else 0.0] * 12

    def run(logits):
        alpha, beta, gamma, phi = (1 / (1 + np.exp(-logits))).tolist()
        beta, phi = (0.0, 0.0) if trend == "none" else (beta, 1.0 if trend == "additive" else 0.8 + 0.18 * phi)
        gamma = gamma if season != "none" else 0.0
        level, slope, figure, squares = first, 0.0, list(seasons), 0.0
        for i, value in enumerate(y.tolist()):
            base, part = level + phi * slope, figure[i % 12]
            squares += (value - (base * part if times else base + part)) ** 2
            before, level = level, alpha * (value / part if times else value - part) + (1 - alpha) * base
            slope = beta * (level - before) + (1 - beta) * phi * slope
            if gamma:
                figure[i % 12] = gamma * (value / level if times else value - level) + (1 - gamma) * part
        return squares, level, slope, figure, phi

    found = minimize(lambda logits: run(logits)[0], np.array([0.0, -2.0, -2.0, 2.0]), method="Nelder-Mead", options={"maxiter": 150, "fatol": 1e-4 * np.var(y)})
    squares, level, slope, figure, phi = run(found.x)
    count = 2 + 2 * (trend != "none") + 12 * (season != "none")
    aicc = len(y) * np.log(squares / len(y)) + 2 * count + (2 * count * (count + 1) / (len(y) - count - 1) if len(y) > count + 1 else np.inf)
    damping = np.cumsum(phi ** np.arange(1, ahead + 1))
    parts = np.array([figure[(len(y) + h) % 12] for h in range(ahead)])
    base = level + damping * slope
    return aicc, base * parts if times else base + parts


def theta(y, ahead):
    flat = smoothed(y, ahead, "none", "none")[1]
    return flat + np.polyfit(np.arange(len(y)), y, 1)[0] / 2 * np.arange(1, ahead + 1)


def months_ahead(y, ahead):
    """Every entrant's forecast of the months after y."""
    return {
        "seasonal-naive": np.array([y[len(y) - 12 + h % 12] for h in range(ahead)]),
        "naive": np.repeat(y[-1], ahead),
        "drift": y[-1] + (y[-1] - y[0]) / (len(y) - 1) * np.arange(1, ahead + 1),
        "theta": theta(y, ahead),
        "ets": min((smoothed(y, ahead, *form) for form in FORMS), key=lambda fit: fit[0])[1],
        "holt-winters-additive": smoothed(y, ahead, "additive", "additive")[1],
        "holt-winters-multiplicative": smoothed(y, ahead, "additive", "additive", bool((y > 0).all()))[1],
    }


def forecast(deals, end):
    closed = deals["closed"].dt.tz_localize(None)
    y = deals.groupby(closed.dt.to_period("M"))["money"].sum().resample("M").sum()
    y = y[y.index < end.tz_localize(None).to_period("M")].to_numpy()
    origins = range(max(min(len(y) - 12, 25), 12, len(y) - 24), len(y))
    told = in_parallel(delayed(months_ahead)(y[:origin], 12) for origin in [*origins, len(y)])
    errors = {name: np.mean([np.abs(one[name][: len(y) - origin] - y[origin : origin + 12]).mean() for origin, one in zip(origins, told)]) for name in told[0]}
    best = min(errors, key=errors.get)
    residuals = np.concatenate([y[origin : origin + 12] - one[best][: len(y) - origin] for origin, one in zip(origins, told)])
    return best, told[-1][best], np.quantile(residuals, [0.025, 0.1, 0.9, 0.975])


def health(tables):
    """Missing values, records alike, and amounts far from the others."""
    contacts, companies, deals = tables["contacts"], tables["companies"], tables["deals"]
    missing = {name: frame.isna().mean() for name, frame in tables.items() if name != "account"}
    alike = [frame[column].dropna().str.lower().duplicated(keep=False).sum() for frame, column in [(contacts, "email"), (companies, "domain")]]
    phones = contacts["phone"].astype(str).str.replace(r"\D", "", regex=True)
    amounts = np.log(deals["amount"][deals["amount"] > 0])
    far = (amounts - amounts.median()).abs() > 3 * 1.4826 * (amounts - amounts.median()).abs().median()
    return missing, alike, phones[phones != ""].duplicated(keep=False).sum(), int(far.sum()), look_alikes(companies)


def portfolio(deals, table):
    """Cohorts by month of the first order, RFM in fifths, quantiles."""
    month = deals["closed"].dt.tz_localize(None).dt.to_period("M")
    first = month.groupby(deals["company_id"]).transform("min")
    deals.assign(first=first, month=month).groupby(["first", "month"])["company_id"].nunique().unstack()
    table.describe()
    return table[["recency", "frequency", "money"]].rank(pct=True).mul(5).apply(np.ceil).astype(int).astype(str).agg("".join, axis=1)


def service(events, risk):
    """Open tickets by the customer's risk; waiting times by priority and pipeline; risk of those with late tickets."""
    tickets = events["tickets"].assign(risk=events["tickets"]["who"].map(risk))
    tickets["waited"] = tickets["closed"] - tickets["day"]
    tickets[tickets["closed"].isna()].sort_values(["risk", "hs_ticket_priority"], ascending=False)
    return [tickets.groupby(name)[["waited", "satisfaction", "risk"]].mean() for name in ["hs_ticket_priority", "pipeline", "subject"]]


def run(folder):
    tables = load(folder)
    events = events_of(tables)
    deals, today = events["deals"], events["today"]
    horizon = horizon_of(events["purchases"], today)
    found = churn(events, today, horizon)
    table, _ = figures(events, today)
    groups = portfolio(deals, table)
    k, _, _ = segments(table)
    value(events["purchases"], today, horizon)
    loyalty(events, today)
    baskets_, sets, _ = baskets(events["every_line"])
    steps, _ = sequences(events["lines"])
    _, _, judged, _ = recommend(events["lines"], tables["products"], groups, today - 1, horizon)
    anomalies(events, table, today)
    forecast(deals, events["end"])
    service(events, found["risk"])
    health(tables)
    return {
        "customers": len(tables["companies"]),
        "revenue": f"{round(deals['money'].sum(), 2):.2f}",
        "horizon": horizon,
        "judged": found["judged"],
        "stopped": found["stopped"],
        "auc": found["auc"],
        "model": found["champion"],
        "segments": k,
        "baskets": baskets_,
        "itemsets": sets,
        "sequences": steps,
        "suggestionsJudged": judged,
    }


if __name__ == "__main__":
    serve(lambda order: order["folder"], run)
