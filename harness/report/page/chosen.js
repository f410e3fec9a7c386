// What follows from a choice: the ways in order, what is known of them, the commands that check it.
const chosen = (() => {
  "use strict";
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const SERVER = "postgresql://USER@HOST/DATABASE";

  // The ways of what was picked, best first. `by` is what they are judged by: "container"; of one
  // call's "allocations", where no more was measured; or null, where nothing was.
  function judge(asked) {
    const kinds = figures.stacks[asked.stack].kinds;
    const kind = kinds.find((one) => (
      one.values === asked.values && one.components === asked.components
    ));
    if (!kind) return { by: null, ways: [], found: [], leanest: [], best: null };
    const { ways, today } = kind;
    const reference = { strategy: figures.reference, base: today };
    const found = prediction.judge(ways, asked, reference, asked.needs);
    const inContainer = (way) => prediction.needOf(way, asked, reference)?.high ?? null;
    const alone = (way) => prediction.allocationsOf(way, asked.entries)?.high ?? null;
    const by = found.some(({ need }) => need) ? "container"
      : ways.some((way) => alone(way) !== null) ? "allocations" : null;
    const sizeOf = by === "container" ? inContainer : alone;
    const leanest = by === null ? [] : Object.entries(figures.needs)
      .map(([need, traits]) => ({ need, way: prediction.leanest(ways, traits, sizeOf) }))
      .filter(({ way }) => way);
    const lean = by === "allocations" ? prediction.leanest(ways, asked.needs, sizeOf) : null;
    if (by === "allocations") found.sort((one, other) => order(one, sizeOf) - order(other, sizeOf));
    const first = by === "container" ? found[0] : found.find(({ way }) => way === lean);
    return { by, ways, reference, found, leanest, best: first ?? null, sizeOf };
  }

  function order({ way, lacks }, sizeOf) {
    return lacks.length * 1e18 + (sizeOf(way) ?? 1e17);
  }

  // Its time beside the reference's, of the size measured nearest; null if it was not measured.
  function time(way, { entries }) {
    const sizes = Object.keys(way.times).map(Number);
    if (!sizes.length) return null;
    const apart = (size) => Math.max(size / entries, entries / size);
    const size = sizes.reduce((one, other) => (apart(other) < apart(one) ? other : one));
    return { text: way.times[size], size };
  }

  function timeInWords(way, asked) {
    const found = time(way, asked);
    if (!found) return "time not measured";
    const { text } = found;
    return /faster|slower/.test(text) ? `${text} than ${figures.reference}` : `time ${text}`;
  }

  // What the times are of, and whether that was picked.
  function timesAre(ways, asked) {
    const sizes = [...new Set(ways.map((way) => time(way, asked)?.size).filter(Boolean))];
    if (!sizes.length) return "Times were not measured of such payrolls.";
    const shown = sizes.map((size) => size.toLocaleString("en")).join(" or ");
    const isThis = sizes.every((size) => size === asked.entries) && asked.atOnce === 1;
    const not = isThis ? "" : ", the nearest: of what you picked they were not measured";
    return `Times are of one call with ${shown} entries${not}.`;
  }

  // The places of the runs that these figures of a way are from.
  function sources(way, whats, { atOnce }) {
    const found = whats.flatMap((what) => {
      const byNumber = way.from[what];
      const isExact = what !== "served" && byNumber[atOnce];
      return isExact ? byNumber[atOnce] : Object.values(byNumber).flat();
    });
    return [...new Set(found)];
  }

  // The sizes, if what was picked is beyond or between them.
  function measuredSizes(way) {
    const points = Object.values(way.resident).flat();
    return [...new Set(points.map(([size]) => size))].sort((one, other) => one - other);
  }

  function needInWords(need) {
    const margin = Math.round((need.high / need.value - 1) * 100);
    const value = judged.megabytes(need.value, Math.round);
    return `${value} MB${margin ? ` +-${margin}%` : ""}`;
  }

  const compact = (text) => {
    const bare = text.replace(/\s/g, "");
    return /[a-z]$/i.test(bare) ? bare : `${bare}MB`;
  };

  function payroll({ entries, components, values }) {
    const [profile, repetition] = values.split("-");
    return [
      `--entries ${entries}`, components !== 6 && `--components ${components}`,
      profile !== "realistic" && `--profile ${profile}`,
      repetition !== "1" && `--repetition ${repetition}`,
    ].filter(Boolean).join(" ");
  }

  // What measures those ways, or all, on a database of the reader's.
  function compare(names, asked) {
    const together = asked.atOnce > 1 ? ` --at-once 1,${asked.atOnce}` : "";
    return `python -m harness compare ${names.map((name) => `${name} `).join("")}`
      + `${payroll(asked)}${together} --dsn ${SERVER} --meter rss --save run.jsonl`;
  }

  function choose(asked, run) {
    return [
      `python -m harness choose ${payroll(asked)} --container ${compact(asked.texts.container)}`,
      asked.atOnce > 1 && `--at-once ${asked.atOnce}`,
      asked.base !== null && `--base ${compact(asked.texts.base)}`,
      ...asked.needs.map((need) => `--need ${need}`), run && `--run ${run}`,
    ].filter(Boolean).join(" ");
  }

  // A test that holds the way to what it allocates; "" where that was not measured.
  function test(way, asked) {
    const size = prediction.allocationsOf(way, asked.entries);
    if (!size) return "";
    return [
      `@pytest.mark.peak_memory("${judged.megabytes(size.high, Math.ceil).replace(",", "")} MB")`
        + `  # of one call's allocations, ${asked.entries.toLocaleString("en")} entries`,
      "def test_premiums_stay_small(memory):",
      "    memory(get_premiums_for_payroll, engine, payroll_id)",
    ].join("\n");
  }

  return {
    figures, judge, time, timeInWords, timesAre, sources, measuredSizes, needInWords, compare, choose, test,
  };
})();
