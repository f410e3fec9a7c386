// The calculator: which ways fit a container, and how much of it is left.
const calculator = (() => {
  "use strict";
  const figures = JSON.parse(document.getElementById("figures").textContent).calculator;
  const place = document.getElementById("calculator");
  const NOTHING = { container: null, base: null };
  if (!figures || !place) return { update: () => NOTHING };

  const form = place.querySelector("form");
  const { container, at_once: atOnce, entries, base, way: chosen } = form.elements;
  const verdict = document.getElementById("fits");
  const body = place.querySelector("tbody");
  const kinds = figures.kinds.map(({ ways, today }) => (
    { ways, reference: { strategy: figures.reference, base: today } }
  ));
  place.hidden = false;

  // What the reader sets

  // Bytes of "512 MB"; a number alone is megabytes. NaN of anything else.
  function bytes(text) {
    const found = /^\s*([0-9]+(?:\.[0-9]*)?)\s*([a-z]*)\s*$/i.exec(text);
    if (!found) return NaN;
    const name = (found[2] || "MB").toLowerCase();
    const unit = Object.keys(figures.units).find((one) => one.toLowerCase() === name);
    return unit ? Number(found[1]) * figures.units[unit] : NaN;
  }

  function limits() {
    return {
      container: bytes(container.value),
      atOnce: Number(atOnce.value),
      entries: Number(entries.value),
      base: base.value.trim() ? bytes(base.value) : null,
    };
  }

  function mark(input, isRight) {
    if (isRight) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    return isRight;
  }

  function areRight(asked) {
    const whole = (number, most) => Number.isInteger(number) && number >= 1 && number <= most;
    return [
      mark(container, asked.container > 0),
      mark(atOnce, whole(asked.atOnce, figures.mostAtOnce)),
      mark(entries, whole(asked.entries, 1e9)),
      mark(base, asked.base === null || asked.base >= 0),
    ].every(Boolean);
  }

  // What it comes to

  // Megabytes to three digits, rounded by that function.
  function megabytes(value, round) {
    const amount = value / 1e6;
    const places = amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2;
    const shown = round(amount * 10 ** places - (round === Math.ceil ? 1e-9 : 0)) / 10 ** places;
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    return shown.toLocaleString("en", digits);
  }

  function inWords({ way, need, fits }, asked, isNearest) {
    if (!need) return `${way.strategy}: not measured for this.`;
    const size = megabytes(need.high, Math.ceil);
    const whole = (asked.container / 1e6).toLocaleString("en", { maximumFractionDigits: 2 });
    const calls = asked.atOnce === 1 ? "1 call" : `${asked.atOnce} calls at once`;
    const held = `${calls} and the base need at most ${size} MB`;
    if (fits) {
      const left = megabytes(asked.container - need.high, Math.floor);
      return `${way.strategy}: ${held} of ${whole} MB; ${left} MB are left.`;
    }
    const lead = isNearest ? `Nothing fits. Nearest, ${way.strategy}` : `${way.strategy} does not fit`;
    const over = megabytes(need.high - asked.container, Math.ceil);
    return `${lead}: ${held}, ${over} MB too much for ${whole} MB.`;
  }

  // Base, calls and what is left of the container; a line at its end, if more is needed.
  function draw(svg, { way, need }, asked) {
    const whole = Math.max(asked.container, need.high);
    const percent = (value) => `${(value / whole) * 100}%`;
    const [baseBar, callsBar] = svg.querySelectorAll("[data-part]");
    baseBar.setAttribute("width", percent(need.base));
    callsBar.setAttribute("x", percent(need.base));
    callsBar.setAttribute("width", percent(need.calls));
    callsBar.setAttribute("fill", figures.colours[way.strategy]);
    const end = svg.querySelector("line");
    end.setAttribute("x1", percent(asked.container));
    end.setAttribute("x2", percent(asked.container));
    end.style.display = need.high > asked.container ? "" : "none";
  }

  function listed(judged, asked, reference) {
    const { way, need, fits } = judged;
    const row = body.insertRow();
    row.className = fits ? "fits" : "over";
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = way.strategy;
    row.append(name);
    const bar = row.insertCell();
    if (need) {
      const svg = place.querySelector("template").content.querySelector("svg").cloneNode(true);
      draw(svg, judged, asked);
      bar.append(svg);
    }
    const { most, isKnown } = prediction.mostAtOnce(way, asked, reference, figures.mostAtOnce);
    const texts = need
      ? [
          megabytes(need.base, Math.ceil), megabytes(need.calls, Math.ceil),
          megabytes(need.high, Math.ceil),
          fits ? megabytes(asked.container - need.high, Math.floor)
            : `-${megabytes(need.high - asked.container, Math.ceil)}`,
          isKnown ? String(most) : `${most} or more`,
          figures.bases[need.basis], way.costs,
        ]
      : ["", "", "", "", "", "not measured", way.costs];
    for (const text of texts) row.insertCell().textContent = text;
  }

  function shown(judged) {
    return judged.find(({ way }) => way.strategy === chosen.value) ?? judged[0];
  }

  function show(ways, asked, reference) {
    const judged = prediction.judge(ways, asked, reference);
    const one = shown(judged);
    verdict.textContent = inWords(one, asked, !chosen.value);
    place.querySelector("#fit-costs").textContent = `It costs: ${one.way.costs}.`;
    const bar = place.querySelector("#bar");
    bar.hidden = !one.need;
    if (one.need) {
      draw(bar.querySelector("svg"), one, asked);
      const parts = [one.need.base, one.need.calls, asked.container - one.need.high];
      bar.querySelectorAll("[data-amount]").forEach((part, nth) => {
        part.textContent = megabytes(Math.max(0, parts[nth]), nth < 2 ? Math.ceil : Math.floor);
      });
      bar.querySelector("[data-key=calls] rect")
        .setAttribute("fill", figures.colours[one.way.strategy]);
    }
    body.replaceChildren();
    for (const each of judged) listed(each, asked, reference);
  }

  function offer(ways) {
    const names = ways.map((way) => way.strategy).sort();
    const known = [...chosen.options].slice(1).map((option) => option.value);
    if (names.join() === known.join()) return;
    const before = chosen.value;
    chosen.length = 1;
    for (const name of names) chosen.add(new Option(name, name, false, name === before));
  }

  // Shows the ways that are not hidden; returns what charts show of it, in MB.
  function update(hidden, payroll) {
    const kind = figures.of[payroll];
    place.hidden = kind === null;
    if (place.hidden) return NOTHING;
    const { reference } = kinds[kind];
    const ways = kinds[kind].ways.filter((way) => !hidden.has(way.strategy));
    place.querySelector("#kind").textContent = figures.kinds[kind].title;
    offer(ways);
    const asked = limits();
    const isRight = areRight(asked);
    const isKnown = asked.base !== null || ways.some((way) => Object.keys(way.base).length);
    const results = place.querySelector("#results");
    results.hidden = !isRight || !isKnown || !ways.length;
    if (!results.hidden) show(ways, asked, reference);
    else if (!isRight) verdict.textContent = "A container and a base are as 512 MB or 1.5 GiB; calls and entries are whole numbers.";
    else verdict.textContent = isKnown ? "No strategy is checked." : `This run did not measure the base: type it, to judge ${figures.reference}.`;
    const inMegabytes = (value) => (isRight && value !== null ? value / 1e6 : null);
    return { container: inMegabytes(asked.container), base: inMegabytes(asked.base) };
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  return { form, update };
})();
