// The page that chooses: draws what follows from what is picked.
(() => {
  "use strict";
  const { figures } = chosen;
  const byId = (id) => document.getElementById(id);

  function drawLeanest(result, asked) {
    const made = result.leanest.map(({ need, way }) => {
      const pair = document.createElement("div");
      const term = document.createElement("dt");
      term.textContent = need;
      const text = document.createElement("dd");
      text.append(answered.named(way), " ", answered.described(way, result, asked));
      pair.append(term, text);
      return pair;
    });
    byId("leanest").replaceChildren(...made);
    for (const id of ["least", "leanest"]) byId(id).hidden = !made.length;
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
        answered.runs(way, [...answered.MEMORY, "allocated", "time"], asked),
      ]);
    }
    byId("times").textContent = chosen.timesAre(result.ways, asked);
    byId("ways").hidden = !result.found.length;
  }

  // The chart: the ways that fit, the one picked thick, and the way of today.

  const MOST_LINES = 7;
  const FEW_LINES = 4; // where nothing fits

  function drawChart(result, asked) {
    const isAlone = result.by === "allocations";
    const isOverCalls = picker.over() === "calls" && !isAlone;
    document.querySelector("[name=over][value=calls]").disabled = isAlone;
    byId("grows").hidden = result.by === null;
    if (byId("grows").hidden) return;
    const end = isOverCalls ? Math.max(8, 2 * asked.atOnce) : 2 * asked.entries;
    const places = isOverCalls
      ? Array.from({ length: end }, (_, nth) => nth + 1)
      : spread(end, asked.entries, result.ways);
    const sized = (way, place) => {
      const limits = { ...asked, [isOverCalls ? "atOnce" : "entries"]: place };
      return isAlone ? prediction.allocationsOf(way, place)
        : prediction.needOf(way, limits, result.reference);
    };
    const able = result.found.filter(({ fits, lacks }) => fits || (!lacks.length && isAlone));
    const shown = (able.length ? able.slice(0, MOST_LINES) : result.found.slice(0, FEW_LINES)).map(({ way }) => way);
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
    const wanted = Math.max(asked.container, result.best?.need?.high ?? 0) / 1e6;
    lines.draw(byId("chart"), {
      series,
      level: isAlone ? null : asked.container / 1e6,
      at: isOverCalls ? asked.atOnce : asked.entries,
      start: isOverCalls ? 1 : 0,
      end,
      top: isAlone ? highest : Math.min(Math.max(highest, wanted), wanted * 1.25),
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
    const asked = picker.picked();
    const isRight = picker.areRight(asked);
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
    byId("fits").textContent = answered.verdict(result, asked);
    byId("facts").replaceChildren(...answered.facts(result, asked));
    const need = result.by === "container" ? result.best.need : null;
    byId("bar").hidden = !need;
    if (need) {
      const colour = figures.colours[result.best.way.strategy];
      judged.drawWithKeys(byId("bar"), need, asked.container, colour);
    }
    byId("why").replaceChildren(...answered.why(result, asked));
    drawLeanest(result, asked);
    drawTable(result, asked);
    drawChart(result, asked);
    drawCommands(result, asked);
  }

  function changed() {
    byId("copied").textContent = "";
    history.replaceState(null, "", picker.written());
    show();
  }

  function restored() {
    const unknown = picker.read(location.hash);
    byId("copied").textContent = unknown.length
      ? `The link names ${unknown.join(", ")}, which this page does not have; what is shown is without.` : "";
    show();
  }

  async function copyLink() {
    history.replaceState(null, "", picker.written());
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
      picker.check(figures.needs[preset]);
      changed();
    }
  });
  picker.form.addEventListener("submit", (event) => event.preventDefault());
  picker.form.addEventListener("input", changed);
  byId("grows").addEventListener("input", changed);
  byId("copy").addEventListener("click", copyLink);
  byId("reset").addEventListener("click", () => {
    picker.read("");
    changed();
  });
  window.addEventListener("hashchange", restored);
  window.addEventListener("resize", show);

  for (const part of ["picker", "results"]) byId(part).hidden = false;
  byId("traits").open = window.matchMedia("(min-width: 900px)").matches;
  restored();
  document.documentElement.dataset.ready = "yes";
})();
