import { escapeHtml } from '../../../src/lib/escape-html.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #d8dee6; --muted: #5b6673; --accent: #0b66c3; --mark: #fffaeb; --edge: #ecd9a0; --warn: #9a4b00; --card: #fff; --ground: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --line: #38424d; --muted: #a3afbb; --accent: #6cb2ff; --mark: #2a2716; --edge: #5c5126; --warn: #ffb366; --card: #1d242b; --ground: #14191e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); font: 16px/1.5 Inter, system-ui, 'Noto Sans SC', sans-serif; }
header, main { max-width: 56rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
header a { font-weight: 600; font-size: 1.1rem; }
header small, .muted { color: var(--muted); }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 1rem 0; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; overflow-wrap: anywhere; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; }
input, select, button { font: inherit; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: inherit; min-height: 2.75rem; }
input { flex: 1 1 12rem; min-width: 0; } button { background: var(--accent); color: #fff; border-color: transparent; }
@media (prefers-color-scheme: dark) { button { color: #10161c; } }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
td:last-child, th:last-child { padding-right: 0; }
tbody tr:first-child > td { border-top: 0; }
table.values > tbody > tr > td:first-child { width: 38%; } .value { white-space: pre-wrap; }
section.kith { background: var(--mark); border-color: var(--edge); }
.tag { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; white-space: nowrap; background: var(--card); }
.tag.warn { border-color: var(--warn); color: var(--warn); }
details { margin-top: .25rem; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; padding: .25rem 0; }
table.history { font-size: .875rem; } table.history td { padding: .2rem .75rem .2rem 0; } table.history td:nth-child(n + 2) { white-space: nowrap; }
@media (max-width: 36rem) {
  table.values > tbody > tr > td { display: block; width: auto; border-top: 0; padding: 0; } table.values > tbody > tr > td:first-child { width: auto; }
  table.values > tbody > tr { display: block; border-top: 1px solid var(--line); padding: .5rem 0; } table.values > tbody > tr:first-child { border-top: 0; }
  table.values > tbody > tr > td:first-child br { display: none; } table.values small { margin-left: .25rem; }
  table.links tr { display: block; padding: .4rem 0; border-top: 1px solid var(--line); } table.links tr:first-child { border-top: 0; } table.links td { display: block; border: 0; padding: 0; text-align: left; }
  table.history tr { display: block; padding: .25rem 0; border-top: 1px solid var(--line); } table.history td { display: inline-block; border: 0; padding: 0 .5rem 0 0; }
}`;

/** One page of the stand-in CRM. `title` is text, `body` is HTML. */
export function htmlPage(title: string, account: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><header><a href="/">Stand-in CRM</a><small>${escapeHtml(account)}</small></header>
<main>${body}</main></body>
</html>
`;
}
