// What an answer is in words: the verdict, its facts and its reasons, with links to the runs.
const answered = (() => {
  "use strict";
  const { figures } = chosen;

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

  const listed = (sizes) => sizes.map((size) => size.toLocaleString("en")).join(" and ");

  function basisOfAllocations(way, asked) {
    const { basis: from } = prediction.allocationsOf(way, asked.entries);
    return `The allocations are ${figures.bases[from]}: measured at ${listed(way.peak.map(([size]) => size))} entries.`;
  }

  function basis({ way, need }) {
    const sizes = listed(chosen.measuredSizes(way));
    const numbers = Object.keys(way.resident).join(", ");
    return `The calls' part is ${figures.bases[need.basis]}: measured at ${sizes} entries, ${numbers} at once. `;
  }

  function why(result, asked) {
    if (result.by === null) return [];
    if (result.by === "allocations") {
      const text = "Whether it fits a container is not known: the resident memory of so many calls at once was not measured on such payrolls. The command below measures it. ";
      return [paragraph(text, result.best ? basisOfAllocations(result.best.way, asked) : "")];
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
    if (best.need) parts.push(basis(best), chosen.timesAre(result.ways, asked));
    const made = [paragraph(...parts)];
    const second = found.filter(({ fits }) => fits)[1];
    if (second) {
      const isLess = second.need.high < best.need.high ? "smaller, but gives up more" : "second";
      made.push(paragraph("Runner-up, ", isLess, ": ", named(second.way), " ", described(second.way, result, asked)));
    }
    return made;
  }

  return { MEMORY, runs, named, described, verdict, facts, why };
})();
