// A chart of lines in SVG: names stand at their ends, a level is dashed, what was measured dotted.
const lines = (() => {
  "use strict";
  const HEIGHT = 300;
  const MARGIN = { top: 24, bottom: 44, left: 52 };
  const NARROW = 560; // names stand above the lines, not beside them
  const NAME_HEIGHT = 15;
  const LETTER = 7;

  function element(name, attributes, text = "") {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  // Up to `most` steps of 1, 2 or 5 times a power of ten, of `least` or more, from 0.
  function ticks(end, most, least = 0) {
    const power = Math.max(least, 10 ** Math.floor(Math.log10(end / most)));
    const step = [1, 2, 5, 10].map((times) => times * power).find((one) => end / one <= most);
    return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, nth) => nth * step);
  }

  // The part of the points that is not above `top`, and whether it leaves there.
  function below(points, top) {
    const after = points.findIndex(({ y }) => y > top);
    if (after < 0) return { inside: points, leaves: false };
    const inside = points.slice(0, after);
    const [one, other] = [points[after - 1], points[after]];
    if (one) {
      const share = (top - one.y) / (other.y - one.y);
      inside.push({ x: one.x + share * (other.x - one.x), y: top });
    }
    return { inside, leaves: true };
  }

  // Moves places down, and then up from `end`, until none overlaps the one before.
  function apart(places, end) {
    places.sort((one, other) => one.y - other.y);
    places.forEach((place, nth) => {
      if (nth) place.y = Math.max(place.y, places[nth - 1].y + NAME_HEIGHT);
    });
    for (let nth = places.length - 1, most = end; nth >= 0; nth -= 1) {
      places[nth].y = Math.min(places[nth].y, most);
      most = places[nth].y - NAME_HEIGHT;
    }
  }

  // `series` have a name, a colour, a dash, whether it `isPicked`, and points with x, y and whether
  // it `isMeasured`; `level` is a line across, null for none, and `at` one from top to bottom.
  function draw(svg, { series, level, at, start, end, top, xTitle, yTitle, shown }) {
    const width = Math.max(300, svg.clientWidth);
    const isNarrow = width < NARROW;
    const right = isNarrow ? 14 : 14 + LETTER * Math.max(...series.map((one) => one.name.length));
    const x = (value) => MARGIN.left + ((value - start) / (end - start)) * (width - MARGIN.left - right);
    const y = (value) => HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute("height", HEIGHT);
    const parts = [];
    const across = (value, kind) => element("line", {
      class: kind, x1: x(start), x2: x(end), y1: y(value), y2: y(value),
    });
    for (const tick of ticks(top, 5)) {
      parts.push(across(tick, "grid"));
      const place = { class: "quiet", x: MARGIN.left - 8, y: y(tick) + 4, "text-anchor": "end" };
      parts.push(element("text", place, tick.toLocaleString("en")));
    }
    for (const tick of ticks(end, isNarrow ? 4 : 8, 1).filter((one) => one >= start)) {
      const place = { class: "quiet", x: x(tick), y: HEIGHT - MARGIN.bottom + 18, "text-anchor": "middle" };
      parts.push(element("text", place, shown(tick)));
    }
    parts.push(element("text", { class: "quiet", x: 0, y: 12 }, yTitle));
    parts.push(element("text", { class: "quiet", x: x(start), y: HEIGHT - 6 }, xTitle));
    parts.push(element("line", { class: "at", x1: x(at), x2: x(at), y1: y(0), y2: y(top) }));
    if (level !== null) parts.push(across(level, "level"));
    const ends = [];
    const leaving = [];
    for (const one of series) {
      const { inside, leaves } = below(one.points, top);
      if (!inside.length) continue;
      parts.push(element("polyline", {
        points: inside.map((point) => `${x(point.x)},${y(point.y)}`).join(" "), fill: "none",
        stroke: one.colour, "stroke-width": one.isPicked ? 3.5 : 1.75,
        "stroke-dasharray": one.dash.join(" "), "data-name": one.name,
      }));
      for (const point of inside.filter(({ isMeasured }) => isMeasured)) {
        parts.push(element("circle", { cx: x(point.x), cy: y(point.y), r: 3, fill: one.colour }));
      }
      const last = inside.at(-1);
      (leaves && x(last.x) < width - right - 2 ? leaving : ends)
        .push({ ...one, x: x(last.x), y: y(last.y) + 4 });
    }
    if (isNarrow) for (const place of ends) place.y -= 8;
    apart(ends, HEIGHT - MARGIN.bottom);
    for (const { y: at, ...one } of ends) {
      parts.push(isNarrow ? name(one, one.x, at, "end") : name(one, one.x + 6, at, "start"));
    }
    leaving.sort((one, other) => one.x - other.x).forEach((place, nth) => {
      const at = y(top) + 12 + nth * NAME_HEIGHT;
      const hasRoom = place.x - MARGIN.left > LETTER * place.name.length + 8;
      parts.push(hasRoom ? name(place, place.x - 8, at, "end") : name(place, place.x + 10, at, "start"));
    });
    svg.replaceChildren(...parts);
  }

  function name(one, x, y, anchor) {
    const weight = one.isPicked ? "bold" : "normal";
    const place = {
      class: "name", x, y, "text-anchor": anchor, "font-weight": weight, fill: one.colour,
    };
    return element("text", place, one.name);
  }

  return { draw };
})();
