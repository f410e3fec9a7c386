// Shows the charts and tables of one payroll, without the strategies that are unchecked.
(() => {
  "use strict";
  const { specs, datasets, needs, first } = JSON.parse(byId("figures").textContent);
  const savedRun = byId("saved-run").textContent;
  const boxes = [...document.querySelectorAll("input[name=strategy]")];
  const picker = byId("payroll");
  const views = new Map();

  function byId(id) {
    return document.getElementById(id);
  }

  function payroll() {
    return picker ? Number(picker.value) : first;
  }

  function hidden() {
    return boxes.filter((box) => !box.checked).map((box) => box.value);
  }

  // Charts

  function hasFigures(name, gone) {
    const { dataset, fields, everyPayroll } = needs[name];
    return datasets[dataset].some(
      (mark) =>
        !gone.has(mark.strategy) &&
        (everyPayroll || mark.payroll === undefined || mark.payroll === payroll()) &&
        fields.every((field) => mark[field] !== null && mark[field] !== undefined),
    );
  }

  async function drawn(figure, set) {
    const name = figure.dataset.chart;
    if (!views.has(name)) {
      // Vega writes into the data it is given, so that each chart has a copy.
      const copy = structuredClone(datasets[needs[name].dataset]);
      const spec = specs[name];
      spec.data.find((data) => data.name === needs[name].dataset).values = copy;
      for (const signal of spec.signals) {
        if (signal.name in set) signal.value = set[signal.name];
      }
      const options = { mode: "vega", renderer: "svg", actions: false };
      const place = figure.querySelector(".chart");
      const { view } = await window.vegaEmbed(place, spec, options);
      place.querySelector("svg").setAttribute("aria-hidden", "true"); // its place has the name
      views.set(name, view);
    }
    return views.get(name);
  }

  // Tables

  function sort(button) {
    const heading = button.closest("th");
    const table = heading.closest("table");
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const place = heading.cellIndex;
    const body = table.tBodies[0];
    const value = (row) => {
      const cell = row.cells[place];
      if (cell.dataset.value === undefined) return cell.textContent;
      return cell.dataset.value === "" ? null : Number(cell.dataset.value);
    };
    const order = (one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === null || b === null) return (a === null) - (b === null); // nothing comes last
      return (a < b ? -1 : a > b ? 1 : 0) * (ascending ? 1 : -1);
    };
    body.append(...[...body.rows].sort(order));
  }

  function listMeasurements() {
    const details = byId("measurements");
    if (!details.open) return;
    const gone = new Set(hidden());
    const body = details.querySelector("tbody");
    body.replaceChildren();
    savedRun.split("\n").slice(1).forEach((line, place) => {
      if (!line) return;
      const { cell, values, error, items, unavailable } = JSON.parse(line);
      if (gone.has(cell.name)) return;
      const { at_once: atOnce, repetition } = cell.workload ?? {};
      const how = [
        cell.cold && "first call", cell.part && `${cell.part} alone`,
        cell.collector && `GC ${cell.collector}`, cell.calls && `${cell.calls} calls in turn`,
        atOnce && `${atOnce} calls at once`, repetition && `pools ${repetition}x`,
      ];
      const meter = [cell.meter, ...how.filter(Boolean)].join(", ");
      const text = Object.entries(values).map(([name, value]) => `${name} ${value}`).join(" · ");
      const row = body.insertRow();
      row.id = `line-${place + 2}`;
      const { size = items, profile = "" } = cell.workload ?? {};
      for (const part of [place + 2, cell.name, meter, size?.toLocaleString("en") ?? "",
        profile, cell.repeat ?? 0, error ?? unavailable ?? text]) {
        row.insertCell().textContent = part;
      }
    });
  }

  // What the reader chooses

  let work = Promise.resolve();

  // One after another: a chart that is being drawn is not drawn again. One that could not be
  // drawn leaves the tables, which obey the reader as before.
  function show() {
    work = work.then(update).catch((error) => {
      if (byId("failed").hidden) byId("failed").append(String(error));
      byId("failed").hidden = false;
      console.error(error);
    });
    return work;
  }

  async function update() {
    const gone = new Set(hidden());
    for (const part of document.querySelectorAll("article[data-payroll]")) {
      part.hidden = Number(part.dataset.payroll) !== payroll();
    }
    for (const part of document.querySelectorAll("table [data-strategy]")) {
      part.hidden = gone.has(part.dataset.strategy);
    }
    listMeasurements();
    const set = { payroll: payroll(), hidden: [...gone], ...calculator.update(gone, payroll()) };
    byId("unchecked").hidden = gone.size < boxes.length;
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      figure.hidden = !hasFigures(figure.dataset.chart, gone);
      if (!figure.hidden) {
        const view = await drawn(figure, set);
        for (const [name, value] of Object.entries(set)) view.signal(name, value);
        await view.runAsync();
      }
    }
  }

  function download(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  document.addEventListener("click", async ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.matches(".sortable th button")) sort(target);
    if (target.matches("[data-check]")) {
      for (const box of boxes) box.checked = target.dataset.check === "all";
      show();
    }
    if (target.matches("[data-save]")) {
      const name = target.dataset.save;
      download(`${name}.svg`, "image/svg+xml", await views.get(name).toSVG());
    }
    if (target.matches("a[href='#measurements']")) byId("measurements").open = true;
  });
  byId("download").addEventListener("click", () => {
    download("run.jsonl", "application/x-ndjson", savedRun);
  });
  byId("measurements").addEventListener("toggle", listMeasurements);
  byId("controls").addEventListener("change", show);
  calculator.form?.addEventListener("input", show);
  byId("controls").addEventListener("submit", (event) => event.preventDefault());

  show().then(() => {
    document.documentElement.dataset.ready = "yes";
  });
})();
