// The page that chooses: what the reader picks, in the form and in the address, and what follows.
(() => {
  "use strict";
  const { figures } = chosen;
  const { start } = figures;
  const byId = (id) => document.getElementById(id);
  const form = byId("picker");
  const fields = form.elements;
  const needs = [...document.querySelectorAll("input[name=need]")];
  const NAMES = ["entries", "at_once", "container", "base", "values", "components"];
  // The address: every field by its name; the stack by its title, as others may come before it.

  function written() {
    const parts = new URLSearchParams();
    if (figures.stacks.length > 1) parts.set("stack", figures.stacks[fields.stack.value].title);
    for (const name of NAMES) if (fields[name].value !== "") parts.set(name, fields[name].value);
    parts.set("need", needs.filter((box) => box.checked).map((box) => box.value).join(","));
    parts.set("over", document.querySelector("[name=over]:checked").value);
    return `#${parts}`;
  }

  function read(fragment) {
    const parts = new URLSearchParams(fragment.replace(/^#/, ""));
    const isChoice = parts.has("entries");
    const value = (name) => (isChoice ? parts.get(name) ?? (name === "base" ? "" : start[name]) : start[name]);
    const stack = figures.stacks.findIndex(({ title }) => title === parts.get("stack"));
    fields.stack.value = String(Math.max(0, stack));
    for (const name of NAMES) fields[name].value = value(name);
    if (fields.values.selectedIndex < 0) fields.values.value = start.values;
    const picked = new Set(value("need").split(","));
    for (const box of needs) box.checked = picked.has(box.value);
    for (const one of document.querySelectorAll("[name=over]")) one.checked = one.value === value("over");
    return !parts.get("stack") || stack >= 0;
  }

  // What is picked

  const number = (text) => Number(text.replace(/[\s,_]/g, "") || NaN);

  function picked() {
    const base = fields.base.value.trim();
    return {
      stack: Number(fields.stack.value),
      entries: number(fields.entries.value),
      atOnce: number(fields.at_once.value),
      components: number(fields.components.value),
      container: judged.bytes(fields.container.value, figures.units),
      base: base ? judged.bytes(base, figures.units) : null,
      values: fields.values.value,
      needs: needs.filter((box) => box.checked).map((box) => box.value),
      texts: { container: fields.container.value, base },
    };
  }

  function areRight(asked) {
    return [
      judged.mark(fields.entries, judged.isWhole(asked.entries, 1e9)),
      judged.mark(fields.at_once, judged.isWhole(asked.atOnce, figures.mostAtOnce)),
      judged.mark(fields.components, judged.isWhole(asked.components + 1, 1e9)),
      judged.mark(fields.container, asked.container >= 1),
      judged.mark(fields.base, asked.base === null || asked.base >= 1),
    ].every(Boolean);
  }

  // Parts of sentences

  function paragraph(...parts) {
    const made = document.createElement("p");
    made.append(...parts);
    return made;
  }

  // Links to the runs that these figures of a way are from.
  function runs(way, whats, asked) {
    const made = document.createElement("span");
    made.className = "from";
    chosen.sources(way, whats, asked).forEach((place, nth) => {
      const link = document.createElement("a");
      link.href = `#run-${place}`;
      link.title = figures.runs[place].title;
      link.textContent = figures.runs[place].name;
      made.append(nth ? ", " : "", link);
    });
    return made;
  }

  const MEMORY = ["resident", "base", "served"];
  const entriesInWords = (count) => `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}`;

  function sizeInWords(way, result, asked) {
    if (result.by === "allocations") {
      const size = judged.megabytes(result.sizeOf(way), Math.ceil);
      return `${size} MB at most of one call's allocations, without the base`;
    }
    const need = prediction.needOf(way, asked, result.reference);
    if (!need) return "what was not measured";
    return `${chosen.needInWords(need)}${need.high > asked.container ? ", more than the container" : ""}`;
  }

  // A way with what it needs, its time, what it costs, and its runs.
  function described(way, result, asked) {
    const made = document.createElement("span");
    const memory = runs(way, result.by === "allocations" ? ["allocated"] : MEMORY, asked);
    made.append(`needs ${sizeInWords(way, result, asked)} [`, memory, `]; ${chosen.timeInWords(way, asked)}`);
    if (chosen.time(way, asked)) made.append(" [", runs(way, ["time"], asked), "]");
    made.append(`; costs: ${way.costs}.`);
    return made;
  }

  function named(way) {
    const name = document.createElement("b");
    name.textContent = way.strategy;
    return name;
  }

  // What it comes to

  function verdict(result, asked) {
    const of = `${entriesInWords(asked.entries)}, ${judged.calls(asked.atOnce)}`;
    if (result.by === null) return `Not measured: such payrolls. The command below measures them.`;
    if (result.by === "container") {
      const { best } = result;
      if (best.fits || !best.lacks.length) return judged.inWords(best, asked, true);
      return `Nothing fits: no way that was measured offers ${asked.needs.join(", ")}.`;
    }
    const size = result.best && judged.megabytes(result.sizeOf(result.best.way), Math.ceil);
    const least = result.best
      ? ` ${result.best.way.strategy} needs least: ${size} MB of one call's allocations, without the base.`
      : "";
    return `Not measured in a container: ${of}, of such payrolls.${least}`;
  }

  function facts(result, asked) {
    const { best } = result;
    if (!best || (best.lacks.length && result.by === "container")) return [];
    const label = best.way.label ? `${best.way.label}. ` : "";
    return [label, "It ", described(best.way, result, asked)];
  }

  function basis({ way, need }, asked) {
    const sizes = chosen.measuredSizes(way).map((size) => size.toLocaleString("en")).join(" and ");
    const numbers = Object.keys(way.resident).join(", ");
    return `The calls' part is ${figures.bases[need.basis]}: measured at ${sizes} entries, ${numbers} at once. `;
  }

  function why(result, asked) {
    if (result.by === null) return [];
    if (result.by === "allocations") {
      return [paragraph("Whether it fits a container is not known: the resident memory of so many calls at once was not measured on such payrolls. The command below measures it.")];
    }
    const { best, found } = result;
    const today = found.find(({ way }) => way.strategy === figures.reference);
    const parts = [];
    if (best.fits) {
      parts.push(best === today
        ? "Why: it is the way of today, and fits: nothing has to change. "
        : "Why: of the ways that fit and offer what you need, it gives up the fewest traits of "
          + `${figures.reference}; among equals, it needs the least. `);
    }
    if (today && today !== best && today.need && !today.fits) {
      const over = judged.megabytes(today.need.high - asked.container, Math.ceil);
      parts.push(`${figures.reference}, the way of today, `, today.lacks.length
        ? `lacks ${today.lacks.join(", ")}. `
        : `needs at most ${judged.megabytes(today.need.high, Math.ceil)} MB: ${over} MB too much. `);
    }
    if (best.need) parts.push(basis(best, asked), chosen.timesAre(result.ways, asked));
    const made = [paragraph(...parts)];
    const second = found.filter(({ fits }) => fits)[1];
    if (second) {
      const isLess = second.need.high < best.need.high ? "smaller, but gives up more" : "second";
      made.push(paragraph("Runner-up, ", isLess, ": ", named(second.way), " ", described(second.way, result, asked)));
    }
    return made;
  }

  function drawLeanest(result, asked) {
    const made = result.leanest.map(({ need, way }) => {
      const pair = document.createElement("div");
      const term = document.createElement("dt");
      term.textContent = need;
      const text = document.createElement("dd");
      text.append(named(way), " ", described(way, result, asked));
      pair.append(term, text);
      return pair;
    });
    byId("least").textContent = made.length ? "The least memory, by what is needed" : "";
    byId("leanest").replaceChildren(...made);
  }

  function fit({ lacks, need, fits }, asked) {
    if (fits) return "fits";
    const reasons = lacks.length ? [`lacks ${lacks.join(", ")}`] : [];
    if (!need) reasons.unshift("not measured");
    else if (need.high > asked.container) reasons.unshift("too much");
    return reasons.join("; ");
  }

  function drawTable(result, asked) {
    const body = document.querySelector("#ways tbody");
    const bar = document.querySelector("#more > template").content.querySelector("svg");
    body.replaceChildren();
    for (const one of result.found) {
      const { way } = one;
      const alone = prediction.allocationsOf(way, asked.entries);
      const [base, calls, both, left, most, from] = judged.sizes(one, asked, result.reference, figures);
      judged.addRow(body, one, asked.container, figures.colours[way.strategy], bar, [
        fit(one, asked), base, calls, both, left, most, from,
        alone ? judged.megabytes(alone.high, Math.ceil) : "not measured",
        chosen.time(way, asked)?.text ?? "not measured", way.costs,
        runs(way, [...MEMORY, "allocated", "time"], asked),
      ]);
    }
    byId("times").textContent = chosen.timesAre(result.ways, asked);
    byId("ways").hidden = !result.found.length;
  }

  // The chart: the ways that fit, the one picked thick, and the way of today.

  const MOST_LINES = 7;

  function drawChart(result, asked) {
    const isOverCalls = document.querySelector("[name=over]:checked").value === "calls";
    const isAlone = result.by === "allocations";
    byId("grows").hidden = result.by === null || (isAlone && isOverCalls);
    if (byId("grows").hidden) return;
    const end = isOverCalls ? Math.max(8, 2 * asked.atOnce) : 2 * asked.entries;
    const places = isOverCalls
      ? Array.from({ length: end }, (_, nth) => nth + 1)
      : spread(end, asked.entries, result.ways);
    const sized = (way, place) => {
      const limits = { ...asked, [isOverCalls ? "atOnce" : "entries"]: place };
      return isAlone ? isOverCalls ? null : prediction.allocationsOf(way, place)
        : prediction.needOf(way, limits, result.reference);
    };
    const able = result.found.filter(({ fits, lacks }) => fits || (!lacks.length && isAlone));
    const shown = (able.length ? able : result.found).slice(0, MOST_LINES).map(({ way }) => way);
    const today = result.ways.find(({ strategy }) => strategy === figures.reference);
    if (today && !shown.includes(today)) shown.push(today);
    const series = shown.map((way) => ({
      name: way.strategy,
      colour: figures.colours[way.strategy],
      dash: figures.dashes[way.strategy],
      isPicked: way === result.best?.way,
      points: places
        .map((place) => ({ x: place, of: sized(way, place) }))
        .filter(({ of }) => of !== null)
        .map(({ x, of }) => ({ x, y: of.high / 1e6, isMeasured: of.basis === 0 })),
    }));
    const highest = Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y)), 1);
    lines.draw(byId("chart"), {
      series,
      level: isAlone ? null : asked.container / 1e6,
      at: isOverCalls ? asked.atOnce : asked.entries,
      start: isOverCalls ? 1 : 0,
      end,
      top: isAlone ? highest : Math.min(Math.max(highest, asked.container / 1e6), asked.container / 1e6 * 1.25),
      xTitle: isOverCalls ? "calls at once" : "entries of each payroll",
      yTitle: isAlone ? "MB of one call's allocations, at most" : "MB that the container must hold, at most",
      shown: (tick) => tick.toLocaleString("en"),
    });
    const what = isAlone ? "No container's line: the base and other calls are not in it." : `Dashed: the container, ${judged.whole(asked.container)} MB.`;
    const text = `Upper ends. ${what} Upright: what you picked. A dot is measured, a line between and beyond predicted. Shown are ${shown.length} of ${result.ways.length} ways, the best first and ${figures.reference}; the table has all.`;
    byId("caption").textContent = text;
    byId("chart").setAttribute("aria-label", `Chart: ${shown.map((way) => way.strategy).join(", ")}. ${text}`);
  }

  // Sizes to draw at: some up to the end, and those that were measured or picked.
  function spread(end, entries, ways) {
    const known = ways.flatMap((way) => [...Object.values(way.resident).flat(), ...way.peak].map(([size]) => size));
    const steps = Array.from({ length: 40 }, (_, nth) => Math.max(1, Math.round((end * (nth + 1)) / 40)));
    const found = new Set([1, entries, ...steps, ...known.filter((size) => size <= end)]);
    return [...found].sort((one, other) => one - other);
  }

  function drawCommands(result, asked) {
    const best = result.best?.way;
    const second = result.found.filter(({ fits }) => fits)[1]?.way;
    const wanted = [best, second].filter(Boolean).map((way) => way.strategy);
    const names = best ? [...new Set([...wanted, figures.reference])] : [];
    byId("commands").textContent = `${chosen.compare(names, asked)}\n${chosen.choose(asked, "run.jsonl")}`;
    byId("repeat").textContent = chosen.choose(asked, "");
    const test = best ? chosen.test(best, asked) : "";
    byId("held").hidden = !test;
    byId("test").textContent = test;
  }

  function show() {
    const asked = picked();
    const isRight = areRight(asked);
    byId("more").hidden = !isRight;
    for (const id of ["facts", "why", "bar", "least", "leanest"]) byId(id).hidden = !isRight;
    for (const button of document.querySelectorAll("[data-preset]")) {
      const isSet = figures.needs[button.dataset.preset].join() === asked.needs.join();
      button.setAttribute("aria-pressed", String(isSet));
    }
    if (!isRight) {
      byId("fits").textContent = "A container and a base are as 512 MB or 1.5 GiB; entries, calls and components are whole numbers.";
      return;
    }
    const result = chosen.judge(asked);
    byId("fits").textContent = verdict(result, asked);
    byId("facts").replaceChildren(...facts(result, asked));
    const need = result.by === "container" ? result.best.need : null;
    byId("bar").hidden = !need;
    if (need) {
      const colour = figures.colours[result.best.way.strategy];
      judged.drawWithKeys(byId("bar"), need, asked.container, colour);
    }
    byId("why").replaceChildren(...why(result, asked));
    drawLeanest(result, asked);
    drawTable(result, asked);
    drawChart(result, asked);
    drawCommands(result, asked);
  }

  function changed() {
    byId("copied").textContent = "";
    history.replaceState(null, "", written());
    show();
  }

  function restored() {
    const isKnown = read(location.hash);
    byId("copied").textContent = isKnown ? "" : "The link is of a stack that is not on this page; another is shown.";
    show();
  }

  async function copyLink() {
    history.replaceState(null, "", written());
    try {
      await navigator.clipboard.writeText(location.href);
      byId("copied").textContent = "Copied.";
    } catch {
      const input = byId("link").querySelector("input");
      byId("link").hidden = false;
      input.value = location.href;
      input.select();
    }
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const link = event.target.closest("a[href^='#']");
    if (link) { // the address stays that of the choice
      event.preventDefault();
      const place = byId(link.getAttribute("href").slice(1));
      place.tabIndex = -1;
      place.scrollIntoView();
      place.focus({ preventScroll: true });
    }
    const { preset } = event.target.dataset;
    if (preset) {
      const wanted = new Set(figures.needs[preset]);
      for (const box of needs) box.checked = wanted.has(box.value);
      changed();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", changed);
  byId("grows").addEventListener("input", changed);
  byId("copy").addEventListener("click", copyLink);
  byId("reset").addEventListener("click", () => {
    read("");
    changed();
  });
  window.addEventListener("hashchange", restored);
  window.addEventListener("resize", show);

  for (const part of ["picker", "results"]) byId(part).hidden = false;
  byId("traits").open = window.matchMedia("(min-width: 900px)").matches;
  restored();
  document.documentElement.dataset.ready = "yes";
})();
