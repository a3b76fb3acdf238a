import type { Chart, Plugin } from 'chart.js';
import type { FlowChart } from '../../src/charts/chart-spec.ts';
import { isNumber } from '../../src/charts/fold.ts';
import { chartLocale, formatValue } from '../../src/charts/format-value.ts';
import { INK, MUTED_INK, PAPER, seriesColour } from '../../src/charts/theme.ts';
import { type Box, boxAt, overlaps } from './boxes.ts';
import type { DrawingPart } from './drawing-part.ts';
import { FONT_FAMILY } from './fonts.ts';
import { PADDING, SIZES } from './sizes.ts';
import { textWidth, truncate, wrapText } from './wrap-text.ts';

/** What stands on each side, and how far apart two of it are. */
const NODE_WIDTH = 350;
const NODE_HEIGHT = 92;
const NODE_GAP = 22;
const HEAD_HEIGHT = 52;
/** By how much boxes may be drawn apart to fill a picture. */
const MOST_SPREAD = 1.5;
const THINNEST = 4;
const THICKEST = 24;
const ARROWHEAD = 30;
/** Along an arrow, where its value may stand, the best place first. */
const LABEL_PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88] as const;

interface Node {
  readonly name: string;
  readonly lines: readonly string[];
  y: number;
}

interface Arrow {
  readonly from: Node;
  readonly to: Node;
  readonly thickness: number;
  readonly label: string;
  readonly colour: string;
  startY: number;
  endY: number;
}

/** Two columns of named boxes with arrows from left to right, each with its value. */
export function flowConfiguration(chart: FlowChart, width: number): DrawingPart {
  const locale = chartLocale(chart);
  const shown = chart.arrows.filter(({ value }) => isNumber(value) && value > 0);
  const most = Math.max(...shown.map(({ value }) => value));
  const node = (name: string): Node => ({ name, lines: wrapText(name, NODE_WIDTH - 36, SIZES.smallValue, 2), y: 0 });
  const left = new Map([...new Set(shown.map(({ from }) => from))].map((name) => [name, node(name)]));
  const right = new Map([...new Set(shown.map(({ to }) => to))].map((name) => [name, node(name)]));
  const arrows: Arrow[] = shown.map(({ from, to, value, note }) => {
    const own = formatValue(chart.format, value, locale);
    return {
      from: left.get(from)!,
      to: right.get(to)!,
      thickness: THINNEST + (THICKEST - THINNEST) * (value / most),
      label: truncate(note === '' ? own : `${own} · ${note}`, 300, SIZES.smallValue, 600),
      colour: seriesColour([...left.keys()].indexOf(from)),
      startY: 0,
      endY: 0,
    };
  });
  const rows = Math.max(left.size, right.size);
  const least = rows * (NODE_HEIGHT + NODE_GAP) - NODE_GAP;
  const picture: Plugin = {
    id: 'flow',
    afterDraw({ ctx, chartArea }) {
      const [from, to] = [PADDING, width - PADDING - NODE_WIDTH];
      const top = chartArea.top + HEAD_HEIGHT;
      const height = Math.min(Math.max(least, chartArea.bottom - top), least * MOST_SPREAD);
      const columns = arrange([...left.values()], [...right.values()], arrows, height);
      ctx.save();
      ctx.textBaseline = 'middle';
      ctx.font = `${SIZES.tick}px ${FONT_FAMILY}`;
      ctx.fillStyle = MUTED_INK;
      ctx.textAlign = 'left';
      for (const [title, x] of [
        [chart.fromTitle, from],
        [chart.toTitle, to],
      ] as const) {
        ctx.fillText(truncate(title, NODE_WIDTH, SIZES.tick), x, top - 34);
      }
      for (const arrow of arrows) drawArrow(ctx, arrow, from + NODE_WIDTH, to, top);
      for (const [column, x] of [
        [columns[0], from],
        [columns[1], to],
      ] as const) {
        for (const one of column) drawNode(ctx, one, x, top + one.y);
      }
      drawLabels(ctx, arrows, from + NODE_WIDTH, to, top);
      ctx.restore();
    },
  };
  return {
    bodyHeight: HEAD_HEIGHT + least + 10,
    configuration: {
      type: 'bar',
      data: { labels: [], datasets: [] },
      options: { plugins: { legend: { display: false } }, scales: { x: { display: false }, y: { display: false } } },
      plugins: [picture],
    },
  };
}

/** Places both columns, each side by the middle of what it is joined to, so that few arrows cross. */
function arrange(left: Node[], right: Node[], arrows: readonly Arrow[], height: number): [Node[], Node[]] {
  const spread = (nodes: Node[]) => {
    const room = height - nodes.length * NODE_HEIGHT;
    for (const [index, node] of nodes.entries()) {
      const gap = nodes.length === 1 ? room / 2 : (room / (nodes.length - 1)) * index;
      node.y = index * NODE_HEIGHT + gap;
    }
  };
  const middle = (node: Node, side: 'from' | 'to'): number => {
    const own = arrows.filter((arrow) => arrow[side] === node);
    const other = side === 'from' ? 'to' : 'from';
    const weight = own.reduce((sum, arrow) => sum + arrow.thickness, 0);
    return own.reduce((sum, arrow) => sum + arrow[other].y * arrow.thickness, 0) / Math.max(weight, 1);
  };
  spread(left);
  spread(right);
  for (let turn = 0; turn < 4; turn++) {
    right.sort((a, b) => middle(a, 'to') - middle(b, 'to'));
    spread(right);
    left.sort((a, b) => middle(a, 'from') - middle(b, 'from'));
    spread(left);
  }
  for (const [nodes, side] of [
    [left, 'from'],
    [right, 'to'],
  ] as const) {
    const other = side === 'from' ? 'to' : 'from';
    for (const node of nodes) {
      const own = arrows.filter((arrow) => arrow[side] === node).sort((a, b) => a[other].y - b[other].y);
      for (const [index, arrow] of own.entries()) {
        const y = node.y + (NODE_HEIGHT * (index + 1)) / (own.length + 1);
        if (side === 'from') arrow.startY = y;
        else arrow.endY = y;
      }
    }
  }
  return [left, right];
}

function drawNode(ctx: Chart['ctx'], { lines }: Node, x: number, y: number): void {
  ctx.beginPath();
  ctx.roundRect(x, y, NODE_WIDTH, NODE_HEIGHT, 14);
  ctx.fillStyle = '#f4f6f8';
  ctx.fill();
  ctx.lineWidth = 3;
  ctx.strokeStyle = '#c3cad1';
  ctx.stroke();
  ctx.fillStyle = INK;
  ctx.textAlign = 'left';
  ctx.font = `${SIZES.smallValue}px ${FONT_FAMILY}`;
  const step = SIZES.smallValue * 1.3;
  for (const [index, line] of lines.entries()) {
    ctx.fillText(line, x + 18, y + NODE_HEIGHT / 2 + (index - (lines.length - 1) / 2) * step);
  }
}

function drawArrow(ctx: Chart['ctx'], arrow: Arrow, left: number, right: number, top: number): void {
  const [startY, endY] = [top + arrow.startY, top + arrow.endY];
  const end = right - ARROWHEAD;
  ctx.beginPath();
  ctx.moveTo(left + 4, startY);
  ctx.bezierCurveTo(left + (end - left) / 2, startY, left + (end - left) / 2, endY, end, endY);
  ctx.strokeStyle = arrow.colour;
  ctx.globalAlpha = 0.75;
  ctx.lineWidth = arrow.thickness;
  ctx.stroke();
  const half = Math.max(13, arrow.thickness * 0.9);
  ctx.beginPath();
  ctx.moveTo(right - 4, endY);
  ctx.lineTo(end - 1, endY - half);
  ctx.lineTo(end - 1, endY + half);
  ctx.closePath();
  ctx.globalAlpha = 1;
  ctx.fillStyle = arrow.colour;
  ctx.fill();
}

/** A white plate on each arrow with its value, where it covers no other one and as few other arrows as may be. */
function drawLabels(ctx: Chart['ctx'], arrows: readonly Arrow[], left: number, right: number, top: number): void {
  const curve = (arrow: Arrow, t: number) =>
    onCurve(t, left + 4, right - ARROWHEAD, top + arrow.startY, top + arrow.endY);
  const candidates = arrows.map((arrow) => {
    const across = textWidth(arrow.label, SIZES.smallValue, 600) + 20;
    return LABEL_PLACES.map((t) => {
      const { x, y } = curve(arrow, t);
      const middle = Math.min(Math.max(x, left + across / 2 + 12), right - ARROWHEAD - across / 2 - 8);
      const box = boxAt(middle, y, across, SIZES.smallValue + 14);
      const covered = arrows.filter((other) => other !== arrow && SAMPLES.some((s) => isIn(curve(other, s), box)));
      return { box, cost: Math.abs(t - 0.5) + covered.length / 2 };
    });
  });
  const placed = cheapest(candidates);
  ctx.font = `600 ${SIZES.smallValue}px ${FONT_FAMILY}`;
  ctx.textAlign = 'center';
  for (const [index, box] of placed.entries()) {
    const arrow = arrows[index];
    if (box === null || arrow === undefined) continue;
    ctx.beginPath();
    ctx.roundRect(box.left, box.top, box.right - box.left, box.bottom - box.top, 8);
    ctx.fillStyle = PAPER;
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = arrow.colour;
    ctx.stroke();
    ctx.fillStyle = INK;
    ctx.fillText(arrow.label, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
  }
}

const SAMPLES = Array.from({ length: 21 }, (_, index) => index / 20);

function isIn({ x, y }: { x: number; y: number }, box: Box): boolean {
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}

/** What a value that finds no place costs. */
const UNPLACED = 100;

/** One box of each list, none over another one; every list is first in turn, and the cheapest of these ways is taken. */
function cheapest(candidates: readonly (readonly { box: Box; cost: number }[])[]): (Box | null)[] {
  let best: { boxes: (Box | null)[]; cost: number } = { boxes: [], cost: Number.POSITIVE_INFINITY };
  for (let first = 0; first < candidates.length; first++) {
    const boxes: (Box | null)[] = candidates.map(() => null);
    let cost = 0;
    for (let step = 0; step < candidates.length; step++) {
      const index = (first + step) % candidates.length;
      const free = (candidates[index] ?? [])
        .filter(({ box }) => !boxes.some((other) => other !== null && overlaps(box, other)))
        .sort((a, b) => a.cost - b.cost)[0];
      boxes[index] = free?.box ?? null;
      cost += free?.cost ?? UNPLACED;
    }
    if (cost < best.cost) best = { boxes, cost };
  }
  return best.boxes;
}

/** A point of the curve that `drawArrow` draws. */
function onCurve(t: number, left: number, right: number, startY: number, endY: number): { x: number; y: number } {
  const u = 1 - t;
  const half = (left + right) / 2;
  return {
    x: u ** 3 * left + 3 * u * u * t * half + 3 * u * t * t * half + t ** 3 * right,
    y: (u ** 3 + 3 * u * u * t) * startY + (3 * u * t * t + t ** 3) * endY,
  };
}
