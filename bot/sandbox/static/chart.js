// Charts of cards: the few kinds the product draws (bar, line, pie), as SVG.

import { el, svg } from "./dom.js";

const WIDTH = 320, HEIGHT = 180, FOOT = 26, HEAD = 18, SIDE = 8;
const COLOURS = ["#3370ff", "#34c3a2", "#ff9f40", "#8f6af0", "#f5635c", "#4bb3fd", "#b0bac9"];

export function chart(spec) {
  const values = spec.data?.values || spec.data?.[0]?.values || [];
  const points = values.map((one) => [String(one.label ?? one[spec.xField] ?? ""), Number(one.value ?? one[spec.yField] ?? 0)]);
  const draw = KINDS[spec.type] || bars;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" }, ...draw(points));
  return el("figure", { class: "chart" }, el("figcaption", { text: spec.title?.text || "" }), picture);
}

const KINDS = { bar: bars, line, pie };

function scale(points) {
  const most = Math.max(1, ...points.map(([, value]) => value));
  const step = (WIDTH - 2 * SIDE) / Math.max(1, points.length);
  const top = (value) => HEAD + (HEIGHT - HEAD - FOOT) * (1 - value / most);
  return { step, top, middle: (index) => SIDE + step * (index + 0.5) };
}

function label(x, y, text, colour = "#646a73") {
  const node = svg("text", { x, y, "text-anchor": "middle", "font-size": 11, fill: colour });
  node.textContent = text;
  return node;
}

function bars(points) {
  const { step, top, middle } = scale(points);
  const width = Math.min(36, step * 0.6);
  return points.flatMap(([name, value], index) => [
    svg("rect", { x: middle(index) - width / 2, y: top(value), width, height: HEIGHT - FOOT - top(value), rx: 3, fill: COLOURS[0] }),
    label(middle(index), top(value) - 5, String(value)), label(middle(index), HEIGHT - 10, name),
  ]);
}

function line(points) {
  const { top, middle } = scale(points);
  const path = points.map(([, value], index) => `${middle(index)},${top(value)}`).join(" ");
  return [svg("polyline", { points: path, fill: "none", stroke: COLOURS[0], "stroke-width": 2 }),
    ...points.flatMap(([name, value], index) => [
      svg("circle", { cx: middle(index), cy: top(value), r: 3, fill: COLOURS[0] }),
      label(middle(index), top(value) - 7, String(value)), label(middle(index), HEIGHT - 10, name)])];
}

function pie(points) {
  const total = points.reduce((sum, [, value]) => sum + value, 0) || 1;
  const radius = 68, around = 2 * Math.PI * (radius / 2);
  let from = 0;
  return points.flatMap(([name, value], index) => {
    const share = value / total, colour = COLOURS[index % COLOURS.length];
    const arc = svg("circle", {
      cx: 90, cy: 90, r: radius / 2, fill: "none", stroke: colour, "stroke-width": radius,
      "stroke-dasharray": `${share * around} ${around}`, "stroke-dashoffset": -from * around, transform: "rotate(-90 90 90)",
    });
    from += share;
    const text = label(190, 30 + index * 20, `${name} ${value}`, colour);
    text.setAttribute("text-anchor", "start");
    return [arc, text];
  });
}
