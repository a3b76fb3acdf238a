"""A folder of CRM export files as the notebook reads it: purchases, tickets and touches of each customer, in days."""

import json
import os

import numpy as np
import pandas as pd
from first_notebook import won_deals
from joblib import Parallel, parallel_backend

TABLES = ["companies", "contacts", "deals", "line_items", "tickets", "products", "pipelines", "engagements"]


def in_parallel(tasks):
    """On every core, one thread to a worker: more would be in each other's way."""
    with parallel_backend("loky", n_jobs=-1, inner_max_num_threads=1):
        return Parallel()(tasks)


def load(folder):
    texts = ["id", "company_id", "contact_id", "deal_id", "dealstage", "stage_id", "hs_product_id"]
    read = lambda name: pd.read_csv(os.path.join(folder, name + ".csv"), dtype=dict.fromkeys(texts, str), low_memory=False)
    tables = {name: read(name) for name in TABLES}
    tables["account"] = json.load(open(os.path.join(folder, "account.json")))
    return tables


def days_of(instants, zone):
    """Days since 1970-01-01 in the account's zone; NaN where there is no instant."""
    local = pd.to_datetime(instants, utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    return (local - pd.Timestamp(0)).dt.floor("D").dt.days


def events_of(tables):
    """One frame each of purchases (a customer and a day), product lines, tickets and touches, all with `who` and `day`."""
    # As Kith reads a folder of CRM files, which say no zone.
    zone = "UTC"
    everyone = won_deals(tables, of_nobody=True)
    everyone["day"] = days_of(everyone["closed"], zone)
    deals = everyone[everyone["company_id"].notna()]
    # What was given back is no purchase of a product.
    items = tables["line_items"].merge(everyone[everyone["money"] > 0][["id", "company_id", "day"]], left_on="deal_id", right_on="id", suffixes=("", "_deal"))
    items = items[(items["amount"] > 0) & (items["quantity"] > 0)]
    every_line = items[["deal_id", "company_id", "day", "hs_product_id"]].rename(columns={"company_id": "who", "hs_product_id": "product"})
    lines = every_line[every_line["who"].notna()]
    firsts = lines.groupby(["who", "product"])["day"].min().reset_index()
    news = firsts.groupby(["who", "day"]).size().rename("news")
    money = deals.groupby(["company_id", "day"])["money"].sum().rename_axis(["who", "day"])
    purchases = pd.concat([money, news], axis=1).fillna(0).reset_index().sort_values(["who", "day"])
    tickets = tables["tickets"].assign(day=days_of(tables["tickets"]["createdate"], zone), closed=days_of(tables["tickets"]["closed_date"], zone)).rename(columns={"company_id": "who"})
    heard = tables["engagements"]
    touches = heard.assign(day=days_of(heard["at"], zone), score=heard["score"].map({"negative": -1, "neutral": 0, "positive": 1})).rename(columns={"company_id": "who"})
    instants = [deals["closed"], pd.to_datetime(tables["tickets"]["createdate"], utc=True), pd.to_datetime(tables["tickets"]["closed_date"], utc=True), pd.to_datetime(tables["engagements"]["at"], utc=True)]
    end = max(column.max() for column in instants)
    today = int(days_of(pd.Series([end]), zone)[0])
    return {
        "deals": deals,
        "lines": lines,
        "every_line": every_line,
        "purchases": purchases[["who", "day", "money", "news"]],
        "tickets": tickets[tickets["who"].notna()].sort_values(["who", "day"]),
        "touches": touches[touches["who"].notna()].sort_values(["who", "day"]),
        "today": today,
        "end": end,
    }


def rhythm(purchases, cut):
    """How often each customer bought up to the end of a day: purchases, first and last day, own and expected gap, lateness."""
    past = purchases[(purchases["day"] <= cut) & (purchases["money"] > 0)]
    by = past.groupby("who")["day"]
    gaps = by.diff()
    of = past["who"]
    table = pd.DataFrame({"orders": by.size(), "first": by.min(), "last": by.max()})
    table["own_gap"] = gaps.groupby(of).median()
    table["gap_mean"], table["gap_sd"] = gaps.groupby(of).mean(), gaps.groupby(of).std(ddof=0)
    usual = gaps.median()
    table["expected"] = (((table["orders"] - 1) * table["own_gap"].fillna(0) + 3 * usual) / (table["orders"] + 2)).where(table["orders"] > 1, usual)
    # Who buys once a year is expected in the season: the days from the last order to it.
    due = yearly_due(past, gaps, table.index)
    table["yearly"] = ~np.isnan(due)
    table["expected"] = table["expected"].where(~table["yearly"], due)
    table["late"] = (cut - table["last"]) / table["expected"]
    return table


def yearly_due(past, gaps, who):
    """Days from the last order to the next season; NaN for who does not buy once a year. One gap of everybody's at a time."""
    row, place = who.get_indexer(past["who"]), past.groupby("who").cumcount().to_numpy()
    table = np.full((len(who), place.max() + 1), np.nan)
    table[row, place] = gaps
    since, bad, years = np.zeros(len(who)), np.zeros(len(who), bool), np.full(table.shape, np.nan)
    for k in range(1, table.shape[1]):
        since = since + np.nan_to_num(table[:, k])
        begins = since > 60
        bad |= begins & (since < 300)
        years[begins, k] = since[begins]
        since[begins] = 0
    rows = np.flatnonzero(~bad & ~np.isnan(years).all(axis=1))
    year = np.nanmedian(years[rows], axis=1)
    due = np.full(len(who), np.nan)
    due[rows] = np.where(year <= 430, year - since[rows], np.nan)
    return due


def eligible(table, cut, horizon):
    return ~((table["late"] >= 3) & (cut - table["last"] >= horizon))


def horizon_of(purchases, today):
    """The smallest of five horizons in which four of five gaps end, by Kaplan-Meier, at most a quarter of the history."""
    paid = purchases[purchases["money"] > 0]
    span = today - paid["day"].min()
    end = paid["day"].min() + (span * 3) // 4
    past = paid[paid["day"] <= end]
    closed = past.groupby("who")["day"].diff().dropna()
    still_open = end - past.groupby("who")["day"].max()
    ended = closed.value_counts().sort_index()
    all_gaps = np.sort(np.concatenate([closed, still_open]))
    at_risk = len(all_gaps) - np.searchsorted(all_gaps, ended.index, side="left")
    survival = np.cumprod(1 - ended.to_numpy() / at_risk)
    share = lambda days: survival[np.searchsorted(ended.index, days, side="right") - 1]
    enough = next((days for days in [60, 90, 120, 180, 365] if share(days) <= 0.2 + 1e-12), 365)
    return int(max(1, min(enough, span // 4)))


def features(events, cut, horizon):
    """What was known of each eligible customer at the end of a day: the 34 columns that the churn models read."""
    purchases, tickets, touches = events["purchases"], events["tickets"], events["touches"]
    base = rhythm(purchases, cut)
    base = base[eligible(base, cut, horizon)]
    past = purchases[purchases["day"] <= cut]
    paid = past[past["money"] > 0]
    count = lambda frame, since, until=0: frame[(frame["day"] > cut - since) & (frame["day"] <= cut - until)].groupby("who").size().reindex(base.index, fill_value=0)
    trend = lambda frame: np.log((1 + count(frame, horizon)) / (1 + count(frame, 2 * horizon, horizon)))
    tenure = cut - base["first"]
    money = paid.groupby("who")["money"]
    newest = paid.groupby("who").tail(3).groupby("who")["money"].sum()
    due = base["last"] + base["expected"] - cut
    mean = money.mean()
    x = pd.DataFrame(index=base.index)
    x["recency"], x["off_rhythm"] = np.log1p(cut - base["last"]), np.log1p(base["late"])
    x["expected_gap"], x["own_gap"] = np.log1p(base["expected"]), np.log1p(base["own_gap"])
    x["orders"], x["recent_orders"] = np.log(base["orders"]), np.log1p(count(paid, horizon))
    x["order_trend"] = trend(paid).where(tenure >= 2 * horizon)
    x["gap_variation"] = (base["gap_sd"] / base["gap_mean"]).where(base["orders"] > 2)
    x["mean_spend"] = np.log1p(mean)
    x["spend_trend"] = np.log(money.last() / mean).where(base["orders"] > 1)
    x["amount_trend"] = np.log(newest / 3 / ((money.sum() - newest) / (base["orders"] - 3))).where(base["orders"] > 3)
    x["tenure"] = np.log1p(tenure)
    x["products"] = np.log1p(past.groupby("who")["news"].sum())
    x["refund_days"] = np.log1p(count(past[past["money"] < 0], 1e6))
    x["orders_year_ago"] = np.log1p(count(paid, 365, 365 - horizon)).where(tenure >= 365)
    x["season_due"] = (np.sign(due) * np.log1p(due.abs())).where(base["yearly"])
    seen = tickets[tickets["day"] <= cut]
    solved = seen[seen["closed"] <= cut]
    year = solved[solved["closed"] > cut - 365].groupby("who")
    waited = seen["day"] - seen.groupby("who")["closed"].shift()
    x["tickets_90"], x["tickets_30"] = np.log1p(count(seen, 90)), np.log1p(count(seen, 30))
    x["open_tickets"] = np.log1p(count(seen[~(seen["closed"] <= cut)], 1e6))
    x["ticket_trend"], x["tickets_horizon"] = trend(seen), np.log1p(count(seen, horizon))
    x["severe"] = np.log1p(count(seen[seen["hs_ticket_priority"].isin(["HIGH", "URGENT"])], 90))
    x["repeated"] = np.log1p(count(seen[waited.between(0, 14)], 365))
    x["days_to_close"] = np.log1p((year["closed"].mean() - year["day"].mean()).clip(lower=0))
    x["satisfaction"] = year["satisfaction"].mean()
    heard = touches[touches["day"] <= cut]
    talks = heard[heard["type"].isin(["call", "meeting", "email"])]
    met = talks[talks["type"].isin(["call", "meeting"]) & (talks["day"] > cut - 180)]
    x["touches_90"], x["touches_30"] = np.log1p(count(talks, 90)), np.log1p(count(talks, 30))
    x["touch_trend"], x["touches_horizon"] = trend(talks), np.log1p(count(talks, horizon))
    x["since_touch"] = np.log1p(cut - talks.groupby("who")["day"].max())
    x["inbound"] = np.log1p(count(talks[talks["direction"].isin(["INBOUND", "INCOMING_EMAIL"])], 90))
    x["missed"] = met["outcome"].isin(["NO_ANSWER", "BUSY", "FAILED", "CANCELED", "NO_SHOW", "BOUNCED"]).groupby(met["who"]).mean()
    x["page_views"] = np.log1p(count(heard[heard["type"] == "page_view"], 90))
    answers = heard[(heard["type"] == "feedback") & (heard["day"] > cut - 365)]
    x["feedback"] = answers.groupby("who")["score"].mean()
    return x, base
