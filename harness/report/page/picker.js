// What the reader picks: in the form, and in the address, so that a link cites it.
const picker = (() => {
  "use strict";
  const { figures } = chosen;
  const { start } = figures;
  const form = document.getElementById("picker");
  const fields = form.elements;
  const needs = [...form.querySelectorAll("input[name=need]")];
  const overs = [...document.querySelectorAll("input[name=over]")];
  const NAMES = ["entries", "at_once", "container", "base", "values", "components"];

  // The stack is written by its title, as others may come before it.
  function written() {
    const parts = new URLSearchParams();
    if (figures.stacks.length > 1) parts.set("stack", figures.stacks[fields.stack.value].title);
    for (const name of NAMES) if (fields[name].value !== "") parts.set(name, fields[name].value);
    parts.set("need", needs.filter((box) => box.checked).map((box) => box.value).join(","));
    parts.set("over", over());
    return `#${parts}`;
  }

  // Sets the form to what an address has; returns what of it this page does not have.
  function read(fragment) {
    const parts = new URLSearchParams(fragment.replace(/^#/, ""));
    const from = parts.has("entries") ? { ...start, ...Object.fromEntries(parts) } : start;
    const stack = figures.stacks.findIndex(({ title }) => title === from.stack);
    fields.stack.value = String(Math.max(0, stack));
    for (const name of NAMES) fields[name].value = from[name];
    const isValue = fields.values.selectedIndex >= 0;
    if (!isValue) fields.values.value = start.values;
    const traits = from.need.split(",").filter(Boolean);
    check(traits);
    for (const one of overs) one.checked = one.value === (from.over === "calls" ? "calls" : "entries");
    return [
      from.stack && stack < 0 && from.stack, !isValue && from.values,
      ...traits.filter((trait) => !needs.some((box) => box.value === trait)),
    ].filter(Boolean);
  }

  function check(traits) {
    for (const box of needs) box.checked = traits.includes(box.value);
  }

  const over = () => overs.find((one) => one.checked).value;

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

  return { form, written, read, check, over, picked, areRight };
})();
