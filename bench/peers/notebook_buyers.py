"""Models of repeat buying for the notebook: MBG/NBD, BG/NBD, Pareto/NBD and Gamma-Gamma by penalised likelihood."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1


def best_of(loss, first, starts, penalty, seed=0):
    """The lowest minimum over logs of the parameters from several starts, drawn towards the first one."""
    random = np.random.default_rng(seed)
    first = np.log(first)
    pulled = lambda logs: loss(np.exp(logs)) + 0.5 * penalty * np.sum((logs - first) ** 2)
    begins = [first + (start > 0) * random.standard_normal(len(first)) for start in range(starts)]
    fits = [minimize(pulled, begin, method="L-BFGS-B", bounds=[(-20, 20)] * len(first)) for begin in begins]
    return np.exp(min(fits, key=lambda fit: fit.fun).x)


def mbg_nbd(x, t_x, t, starts=4, penalty=0.001):
    def loss(parameters):
        r, alpha, a, b = parameters
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x + 1) - betaln(a, b)
        alive = -(r + x) * np.log(alpha + t)
        dead = np.log(a) - np.log(b + x) - (r + x) * np.log(alpha + t_x)
        return -np.sum(common + np.logaddexp(alive, dead))

    return best_of(loss, [1, max(1, np.mean(t)), 1, 1], starts, penalty)


def alive_after(parameters, x, t_x, t):
    r, alpha, a, b = parameters
    return 1 / (1 + a / (b + x) * ((alpha + t) / (alpha + t_x)) ** (r + x))


def silence(parameters, x, t_x, t, days):
    """The chance of no purchase in the next days."""
    r, alpha, _, _ = parameters
    return 1 - alive_after(parameters, x, t_x, t) * (1 - ((alpha + t) / (alpha + t + days)) ** (r + x))


def bg_nbd(x, t_x, t):
    def loss(parameters):
        r, alpha, a, b = parameters
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        dead = np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf)
        return -np.sum(common + np.logaddexp(-(r + x) * np.log(alpha + t), dead))

    return best_of(loss, [1, max(1, np.mean(t)), 1, 1], 1, 0.1)


def pareto_nbd(x, t_x, t):
    def loss(parameters):
        r, alpha, s, beta = parameters
        most, least = max(alpha, beta), min(alpha, beta)
        index = r + s + x
        power = s + 1 if alpha >= beta else r + x
        part = lambda time: hyp2f1(index, power, index + 1, (most - least) / (most + time)) / (most + time) ** index
        tail = np.maximum(part(t_x) - part(t), 1e-300)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return -np.sum(common + np.logaddexp(-(r + x) * np.log(alpha + t) - s * np.log(beta + t), np.log(s / index) + np.log(tail)))

    return best_of(loss, [1, max(1, np.mean(t)), 1, max(1, np.mean(t))], 1, 0.1)


def gamma_gamma(n, mean):
    def loss(parameters):
        p, q, v = parameters
        return -np.sum(gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v) + (p * n - 1) * np.log(mean) + p * n * np.log(n) - (p * n + q) * np.log(v + n * mean))

    return best_of(loss, [2, 2, np.mean(mean)], 3, 0.1)


def bought(purchases, cut):
    """Repeat purchases, days from first to last, days from first to the cut-off, mean amount."""
    past = purchases[(purchases["day"] <= cut) & (purchases["money"] > 0)]
    by = past.groupby("who")
    first, last = by["day"].min(), by["day"].max()
    x, t_x, t = by.size() - 1, last - first, cut - first
    return x.index, x.to_numpy(float), t_x.to_numpy(float), t.to_numpy(float), by["money"].mean().to_numpy()


def fit_value(x, t_x, t, mean):
    rows = slice(None) if len(x) <= 20_000 else np.sort(np.random.default_rng(0).permutation(len(x))[:20_000])
    return mbg_nbd(x[rows], t_x[rows], t[rows], 3, 0.1), gamma_gamma(x[rows] + 1, mean[rows])


def expected_value(fitted, x, t_x, t, mean, days):
    """Expected money in the next days: MBG/NBD's purchases (Batislam et al. 2007) times Gamma-Gamma's mean amount."""
    (r, alpha, a, b), (p, q, v) = fitted
    a = a if abs(a - 1) > 1e-6 else 1 + 1e-6
    stays = hyp2f1(r + x, b + x + 1, a + b + x, days / (alpha + t + days)) * ((alpha + t) / (alpha + t + days)) ** (r + x)
    orders = (a + b + x) / (a - 1) * (1 - stays) * alive_after((r, alpha, a, b), x, t_x, t)
    return orders * p * (v + (x + 1) * mean) / np.maximum(p * (x + 1) + q - 1, 1e-9)


def predicted_value(fitted, x, t_x, t, mean, days, draws=200):
    """Expected money in the next days and its 80 % interval, by drawing each customer's rates, counts and amounts."""
    (r, alpha, a, b), (p, q, v) = fitted
    random = np.random.default_rng(0)
    lives = random.random((draws, len(x))) < alive_after((r, alpha, a, b), x, t_x, t)
    rate = random.gamma(r + x, 1 / (alpha + t), (draws, len(x)))
    leaves = random.beta(a, b + x + 1, (draws, len(x)))
    count = np.minimum(random.poisson(rate * days), random.geometric(np.maximum(leaves, 1e-9))) * lives
    scale = random.gamma(p * (x + 1) + q, 1 / (v + (x + 1) * mean), (draws, len(x)))
    money = np.where(count > 0, random.gamma(np.maximum(p * count, 1e-9)) / scale, 0)
    return money.mean(0), *np.quantile(money, [0.1, 0.9], axis=0)


def value(purchases, today, horizon):
    """A year ahead where it was nearer than the historic rate a window ago; the three models of buying beside each other."""
    paid = purchases[purchases["money"] > 0]
    span = today - paid["day"].min()
    window = next((days for days in [365, horizon] if span >= 2 * days), horizon)
    who, x, t_x, t, mean = bought(purchases, today - window)
    later = paid[paid["day"] > today - window].groupby("who")
    came, orders = (of.reindex(who, fill_value=0).to_numpy() for of in [later["money"].sum(), later.size()])
    told, low, high = predicted_value(fit_value(x, t_x, t, mean), x, t_x, t, mean, window)
    rate = mean * (x + 1) / np.maximum(t, 180) * window
    held = np.mean((came >= low) & (came <= high))
    some = np.random.default_rng(0).permutation(len(x))[:1000]
    board = [model(x[some], t_x[some], t[some]) for model in [lambda *rows: mbg_nbd(*rows, 1, 0.1), bg_nbd, pareto_nbd]]
    who, x, t_x, t, mean = bought(purchases, today)
    year = predicted_value(fit_value(x, t_x, t, mean), x, t_x, t, mean, 365)
    errors = [np.abs(one - came).mean() for one in [told, rate]]
    return {"year": year, "held": held, "errors": errors, "orders": orders.mean(), "board": board}
