// What is shown of ways that were judged: sizes, sentences, the bar of a container, rows.
const judged = (() => {
  "use strict";

  // Bytes of "512 MB"; a number alone is megabytes. NaN of anything else.
  function bytes(text, units) {
    const found = /^\s*([0-9]+(?:\.[0-9]*)?)\s*([a-z]*)\s*$/i.exec(text);
    if (!found) return NaN;
    const name = (found[2] || "MB").toLowerCase();
    const unit = Object.keys(units).find((one) => one.toLowerCase() === name);
    return unit ? Number(found[1]) * units[unit] : NaN;
  }

  const isWhole = (number, most) => Number.isInteger(number) && number >= 1 && number <= most;

  function mark(input, isRight) {
    if (isRight) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    return isRight;
  }

  // Megabytes to three digits, rounded by that function.
  function megabytes(value, round) {
    const amount = value / 1e6;
    const places = amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2;
    const shown = round(amount * 10 ** places - (round === Math.ceil ? 1e-9 : 0)) / 10 ** places;
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    return shown.toLocaleString("en", digits);
  }

  const whole = (value) => (value / 1e6).toLocaleString("en", { maximumFractionDigits: 2 });
  const calls = (number) => (number === 1 ? "1 call" : `${number} calls at once`);

  function inWords({ way, need, fits }, asked, isNearest) {
    if (!need) return `${way.strategy}: not measured for this.`;
    const held = `${calls(asked.atOnce)} and the base need at most ${megabytes(need.high, Math.ceil)} MB`;
    if (fits) {
      const left = megabytes(asked.container - need.high, Math.floor);
      return `${way.strategy}: ${held} of ${whole(asked.container)} MB; ${left} MB are left.`;
    }
    const lead = isNearest ? `Nothing fits. Nearest, ${way.strategy}` : `${way.strategy} does not fit`;
    const over = megabytes(need.high - asked.container, Math.ceil);
    return `${lead}: ${held}, ${over} MB too much for ${whole(asked.container)} MB.`;
  }

  // Base, calls and what is left of the container; a line at its end, if more is needed.
  function draw(svg, need, container, colour) {
    const all = Math.max(container, need.high);
    const percent = (value) => `${(value / all) * 100}%`;
    const [baseBar, callsBar] = svg.querySelectorAll("[data-part]");
    baseBar.setAttribute("width", percent(need.base));
    callsBar.setAttribute("x", percent(need.base));
    callsBar.setAttribute("width", percent(need.calls));
    callsBar.setAttribute("fill", colour);
    const end = svg.querySelector("line");
    end.setAttribute("x1", percent(container));
    end.setAttribute("x2", percent(container));
    end.style.display = need.high > container ? "" : "none";
  }

  // The bar with its keys, which have the amounts.
  function drawWithKeys(place, need, container, colour) {
    draw(place.querySelector("svg"), need, container, colour);
    const parts = [need.base, need.calls, container - need.high];
    place.querySelectorAll("[data-amount]").forEach((part, nth) => {
      part.textContent = megabytes(Math.max(0, parts[nth]), nth < 2 ? Math.ceil : Math.floor);
    });
    place.querySelector("[data-key=calls] rect").setAttribute("fill", colour);
  }

  // Adds a row: the name, a copy of the bar, and those texts, each of which may be an element.
  function addRow(body, { way, need, fits }, container, colour, bar, texts) {
    const row = body.insertRow();
    row.className = fits ? "fits" : "over";
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = way.strategy;
    row.append(name);
    const drawn = row.insertCell();
    if (need) {
      const svg = bar.cloneNode(true);
      draw(svg, need, container, colour);
      drawn.append(svg);
    }
    for (const text of texts) row.insertCell().append(text);
  }

  // The base, the calls, both, what is left, the most at once, and what it comes from.
  function sizes({ way, need }, asked, reference, { mostAtOnce, bases }) {
    if (!need) return ["", "", "", "", "", "not measured"];
    const { most, isKnown } = prediction.mostAtOnce(way, asked, reference, mostAtOnce);
    return [
      ...[need.base, need.calls, need.high].map((value) => megabytes(value, Math.ceil)),
      need.high <= asked.container ? megabytes(asked.container - need.high, Math.floor)
        : `-${megabytes(need.high - asked.container, Math.ceil)}`,
      isKnown ? String(most) : `${most} or more`,
      bases[need.basis],
    ];
  }

  return {
    bytes, isWhole, mark, megabytes, whole, calls, inWords, draw, drawWithKeys, addRow, sizes,
  };
})();
