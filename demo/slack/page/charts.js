import { h, svg } from './dom.js';

const HEIGHT = 260;
const SLANTED = 104;

/** A `data_visualization` block as SVG, drawn for a place `width` pixels wide. */
export function drawChart(block, width, locale) {
  const { chart, title } = block;
  const names =
    chart.type === 'pie' ? chart.segments.map((segment) => segment.label) : chart.series.map((series) => series.name);
  const picture = chart.type === 'pie' ? pie(chart, width, locale) : plot(chart, width, locale);
  const legend =
    names.length > 1 || chart.type === 'pie'
      ? h(
          'ul',
          { class: 'legend', 'aria-hidden': 'true' },
          names.map((name, index) => entry(name, index, chart.segments?.[index].value, locale)),
        )
      : null;
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `${title}. ${describe(chart, locale)}`);
  return h('figure', { class: 'chart' }, h('figcaption', {}, title), picture, legend);
}

function entry(name, index, value, locale) {
  return h(
    'li',
    {},
    h('span', { class: `swatch series-${index % 6}` }),
    name,
    value !== undefined && h('strong', {}, ` ${short(locale, value)}`),
  );
}

const short = (locale, value) =>
  new Intl.NumberFormat(locale, {
    maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1,
    notation: Math.abs(value) >= 1e4 ? 'compact' : 'standard',
  }).format(value);

function describe(chart, locale) {
  if (chart.type === 'pie')
    return chart.segments.map(({ label, value }) => `${label} ${short(locale, value)}`).join(', ');
  return chart.series
    .map(
      ({ name, data }) => `${name}: ${data.map(({ label, value }) => `${label} ${short(locale, value)}`).join(', ')}`,
    )
    .join('; ');
}

/** Round numbers from below the least to above the greatest value, about `wanted` of them. */
function ticks(low, high, wanted) {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough);
  const values = [];
  for (let k = Math.floor(low / step); k <= Math.ceil(high / step); k++) values.push(k * step);
  return values;
}

function plot(chart, width, locale) {
  const { categories, x_label: xLabel, y_label: yLabel } = chart.axis_config;
  const values = chart.series.map((series) =>
    categories.map((label) => series.data.find((point) => point.label === label)?.value ?? 0),
  );
  const all = values.flat();
  const scale = ticks(Math.min(0, ...all), Math.max(0, ...all), 4);
  const axis = 14 + Math.max(...scale.map((tick) => short(locale, tick).length)) * 7 + (yLabel ? 16 : 0);
  const isTight = categories.some((label) => units(label) > (width - axis - 10) / categories.length - 6);
  // The first slanted label reaches to the left of its bar.
  const left = isTight ? Math.max(axis, 78) : axis;
  const band = (width - left - 10) / categories.length;
  const slanted = categories.some((label) => units(label) > band - 6);
  const bottom = (slanted ? 18 + Math.min(70, Math.max(...categories.map(units)) * 0.62) : 24) + (xLabel ? 18 : 0);
  const top = 16;
  const low = scale[0];
  const high = scale.at(-1);
  const y = (value) => top + ((high - value) / (high - low)) * (HEIGHT - top - bottom);
  const x = (index) => left + band * (index + 0.5);
  const root = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT });
  for (const tick of scale) {
    root.append(
      svg('line', { class: tick === 0 ? 'axis' : 'grid', x1: left, x2: width - 8, y1: y(tick), y2: y(tick) }),
      svg('text', { class: 'tick', x: left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, short(locale, tick)),
    );
  }
  categories.forEach((label, index) => {
    const place = slanted
      ? {
          x: x(index) + 4,
          y: HEIGHT - bottom + 16,
          'text-anchor': 'end',
          transform: `rotate(-38 ${x(index) + 4} ${HEIGHT - bottom + 16})`,
        }
      : { x: x(index), y: HEIGHT - bottom + 18, 'text-anchor': 'middle' };
    root.append(svg('text', { class: 'tick', ...place }, svg('title', {}, label), slanted ? shortened(label) : label));
  });
  if (xLabel)
    root.append(svg('text', { class: 'label', x: (left + width) / 2, y: HEIGHT - 4, 'text-anchor': 'middle' }, xLabel));
  if (yLabel)
    root.append(
      svg(
        'text',
        {
          class: 'label',
          x: 0,
          y: 0,
          'text-anchor': 'middle',
          transform: `translate(12 ${(top + HEIGHT - bottom) / 2}) rotate(-90)`,
        },
        yLabel,
      ),
    );
  const at = { x, y, band, locale, categories };
  chart.series.forEach((series, s) => {
    root.append(
      ...(chart.type === 'bar'
        ? bars(series, values[s], s, chart.series.length, at)
        : line(chart.type, series, values[s], s, at)),
    );
  });
  return root;
}

/** About how wide a label is, in pixels. */
function units(label) {
  return [...label].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 12 : 6.6), 0);
}

/** As much of a label as a slanted line below the chart has room for. */
function shortened(label) {
  const letters = [...label];
  if (units(label) <= SLANTED) return label;
  while (units(letters.join('')) > SLANTED - 8) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

function tip(series, label, value, locale) {
  return svg('title', {}, `${series.name} · ${label}: ${short(locale, value)}`);
}

function bars(series, values, s, count, { x, y, band, locale, categories }) {
  const width = Math.min(56, (band * 0.72) / count);
  return values.flatMap((value, index) => {
    const from = x(index) + (s - count / 2) * width + width * 0.04;
    const box = {
      x: from,
      y: Math.min(y(value), y(0)),
      width: width * 0.92,
      height: Math.max(1, Math.abs(y(value) - y(0))),
      rx: Math.min(3, width / 4),
    };
    const bar = svg('rect', { class: `series-${s % 6}`, ...box }, tip(series, categories[index], value, locale));
    const words = short(locale, value);
    if (words.length * 6.6 > width + (count === 1 ? band - width : 0)) return [bar];
    return [
      bar,
      svg(
        'text',
        { class: 'value', x: from + width * 0.46, y: Math.min(y(value), y(0)) - 5, 'text-anchor': 'middle' },
        words,
      ),
    ];
  });
}

function line(kind, series, values, s, { x, y, locale, categories }) {
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  const nodes = [svg('polyline', { class: `stroke-${s % 6}`, points: points.join(' ') })];
  if (kind === 'area') {
    const closed = [`${x(0)},${y(0)}`, ...points, `${x(values.length - 1)},${y(0)}`];
    nodes.unshift(svg('polygon', { class: `area series-${s % 6}`, points: closed.join(' ') }));
  }
  values.forEach((value, index) => {
    nodes.push(
      svg(
        'circle',
        { class: `series-${s % 6}`, cx: x(index), cy: y(value), r: 3.5 },
        tip(series, categories[index], value, locale),
      ),
    );
  });
  return nodes;
}

function pie(chart, width, locale) {
  const total = chart.segments.reduce((sum, segment) => sum + segment.value, 0);
  const size = Math.min(220, width);
  const [middle, radius, hole] = [size / 2, size / 2 - 4, size / 4];
  const root = svg('svg', { viewBox: `0 0 ${size} ${size}`, width: size, height: size });
  const point = (r, turn) => `${middle + r * Math.sin(turn)} ${middle - r * Math.cos(turn)}`;
  let from = 0;
  chart.segments.forEach(({ label, value }, index) => {
    const part = value / total;
    // A whole circle has no arc of its own, so it stops a hair short.
    const to = from + Math.min(part, 0.9999) * 2 * Math.PI;
    const big = part > 0.5 ? 1 : 0;
    const path = `M ${point(radius, from)} A ${radius} ${radius} 0 ${big} 1 ${point(radius, to)} L ${point(hole, to)} A ${hole} ${hole} 0 ${big} 0 ${point(hole, from)} Z`;
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(part);
    root.append(
      svg(
        'path',
        { class: `slice series-${index % 6}`, d: path },
        svg('title', {}, `${label}: ${short(locale, value)} (${percent})`),
      ),
    );
    const turn = (from + to) / 2;
    const [px, py] = [middle + radius * 0.75 * Math.sin(turn), middle - radius * 0.75 * Math.cos(turn) + 4];
    if (part >= 0.06) root.append(svg('text', { class: 'on-slice', x: px, y: py, 'text-anchor': 'middle' }, percent));
    from = to;
  });
  return root;
}
