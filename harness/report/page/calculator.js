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

  function limits() {
    return {
      container: judged.bytes(container.value, figures.units),
      atOnce: Number(atOnce.value),
      entries: Number(entries.value),
      base: base.value.trim() ? judged.bytes(base.value, figures.units) : null,
    };
  }

  function areRight(asked) {
    return [
      judged.mark(container, asked.container > 0),
      judged.mark(atOnce, judged.isWhole(asked.atOnce, figures.mostAtOnce)),
      judged.mark(entries, judged.isWhole(asked.entries, 1e9)),
      judged.mark(base, asked.base === null || asked.base >= 0),
    ].every(Boolean);
  }

  // What it comes to

  function show(ways, asked, reference) {
    const found = prediction.judge(ways, asked, reference);
    const one = found.find(({ way }) => way.strategy === chosen.value) ?? found[0];
    verdict.textContent = judged.inWords(one, asked, !chosen.value);
    place.querySelector("#fit-costs").textContent = `It costs: ${one.way.costs}.`;
    const bar = place.querySelector("#bar");
    bar.hidden = !one.need;
    const colour = ({ way }) => figures.colours[way.strategy];
    if (one.need) judged.drawWithKeys(bar, one.need, asked.container, colour(one));
    const small = place.querySelector("template").content.querySelector("svg");
    body.replaceChildren();
    for (const each of found) {
      const texts = [...judged.sizes(each, asked, reference, figures), each.way.costs];
      judged.addRow(body, each, asked.container, colour(each), small, texts);
    }
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
