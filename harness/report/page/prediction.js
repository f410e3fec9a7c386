// What a container must hold: harness/analysis/prediction.py, together.py and container.py, by the
// same rules and on the same points. A test holds the two together.
const prediction = (() => {
  "use strict";
  // In the order of Basis: a higher one says less.
  const [MEASURED, INTERPOLATED, EXTRAPOLATED, IN_PROPORTION, AT_MORE] = [0, 1, 2, 3, 4];

  const high = ({ value, margin }) => value * (1 + margin);
  const low = ({ value, margin }) => value * (1 - margin);
  const slope = (one, other) => (other.value - one.value) / (other.size - one.size);
  const line = (one, other, size) => one.value + slope(one, other) * (size - one.size);
  const inProportion = (point, size) => (point.value * size) / point.size;
  const off = (other, value) => value > 0 ? Math.abs(other - value) / value : Number(other > 0);
  const bend = (one, middle, other) =>
    (slope(middle, other) - slope(one, middle)) / (other.size - one.size);

  function predict(known, size) {
    const exact = known.find((point) => point.size === size);
    if (exact) return { value: exact.value, margin: exact.margin, basis: MEASURED };
    if (known.length === 1) return scaled(known[0], size);
    const after = known.filter((point) => point.size < size).length;
    if (after === 0) return below(known, size);
    return after === known.length ? beyond(known, size) : between(known, after, size);
  }

  function scaled(only, size) {
    const value = inProportion(only, size);
    return { value, margin: only.margin + off(only.value, value), basis: IN_PROPORTION };
  }

  function between(known, after, size) {
    const [one, other] = known.slice(after - 1, after + 1);
    const share = (size - one.size) / (other.size - one.size);
    const value = line(one, other, size);
    let miss;
    if (known.length > 2) {
      const threes = [after - 2, after - 1]
        .filter((start) => start >= 0)
        .map((start) => known.slice(start, start + 3))
        .filter((three) => three.length === 3);
      const most = Math.max(...threes.map((three) => Math.abs(bend(...three))));
      miss = off(value + most * (size - one.size) * (other.size - size), value);
    } else {
      miss = off(inProportion(other, size), value) * 4 * share * (1 - share);
    }
    const repeats = one.margin + share * (other.margin - one.margin);
    return { value, margin: repeats + miss, basis: INTERPOLATED };
  }

  function beyond(known, size) {
    const [one, last] = known.slice(-2);
    const value = Math.max(line(one, last, size), last.value);
    let miss;
    if (known.length > 2) {
      miss = off(line(known.at(-3), one, last.size), last.value) * Math.max(
        Math.log(size / last.size) / Math.log(last.size / one.size),
        (1 - last.size / size) / (1 - one.size / last.size),
      );
    } else {
      miss = off(inProportion(last, size), value);
    }
    return { value, margin: last.margin + miss, basis: EXTRAPOLATED };
  }

  function below(known, size) {
    const [first, second] = known;
    const ends = [line(first, second, size), inProportion(first, size)];
    const [least, most] = [Math.min(...ends), Math.max(...ends)];
    return { value: most, margin: first.margin + off(least, most), basis: EXTRAPOLATED };
  }

  // Points by the number of calls at once, each number's by size; null where all are of one number,
  // and more are asked about.
  function predictAtOnce(measured, size, number) {
    const found = atEachNumber(measured, size);
    const exact = found.find(({ count }) => count === number);
    if (exact) return exact.of;
    if (found.length === 1) {
      const [{ count, of }] = found;
      return number < count ? { ...of, basis: AT_MORE } : null;
    }
    const points = found.map(({ count, of }) => ({ ...of, size: count }));
    const straight = predict(points, number);
    return { ...straight, basis: Math.max(straight.basis, ...found.map(({ of }) => of.basis)) };
  }

  // Where lines cross, no less than fewer calls.
  function atEachNumber(measured, size) {
    const found = [];
    for (const count of Object.keys(measured).map(Number).sort((one, other) => one - other)) {
      const of = atSize(measured, count, size);
      const most = found.at(-1)?.of;
      const isLess = most && of.basis !== MEASURED && of.value < most.value;
      found.push({ count, of: isLess ? { ...most, basis: of.basis } : of });
    }
    return found;
  }

  function atSize(measured, count, size) {
    const points = asPoints(measured[count]);
    const oneCall = asPoints(measured[1] ?? []);
    const isMeasured = points.some((point) => point.size === size);
    if (isMeasured || points.length > 1 || oneCall.length < 2) return predict(points, size);
    const [only] = points;
    const [there, asked] = [predict(oneCall, only.size), predict(oneCall, size)];
    return {
      value: (only.value * asked.value) / there.value,
      margin: (1 + only.margin) * (1 + there.margin) * (1 + asked.margin) - 1,
      basis: Math.max(there.basis, asked.basis, INTERPOLATED),
    };
  }

  function asPoints(rows) {
    return rows.map(([size, value, margin]) => ({ size, value, margin }));
  }

  // What a process holds that is ready for so many calls; null where that is unknown.
  function baseAtOnce(measured, number) {
    const found = Object.keys(measured).map(Number).sort((one, other) => one - other)
      .map((count) => ({ ...largest(asPoints(measured[count])), count }));
    const exact = found.find(({ count }) => count === number);
    if (exact || !found.length) return exact ?? null;
    const [first, ...others] = found;
    if (number < first.count) return first;
    if (!others.length) return null;
    const further = others.map(({ count, value }) => (
      { size: count - first.count, value: Math.max(0, value - first.value), margin: 0 }
    ));
    const growth = predict(further, number - first.count);
    const value = first.value + growth.value;
    const repeats = Math.max(...found.map(({ margin }) => margin));
    return { value, margin: repeats + (high(growth) - growth.value) / value };
  }

  function largest(points) {
    return points.reduce((most, one) => (high(one) > high(most) ? one : most));
  }

  function baseOf(way, { atOnce, base }, reference) {
    if (base === null) return baseAtOnce(way.base, atOnce);
    if (way.strategy === reference.strategy) return { value: base, margin: 0 };
    const measured = baseAtOnce(way.base, atOnce);
    const today = baseAtOnce(reference.base, atOnce);
    if (!measured || !today) return null;
    const most = base + Math.max(0, high(measured) - low(today));
    const value = base + Math.max(0, measured.value - today.value) || most;
    return { value, margin: value ? most / value - 1 : 0 };
  }

  // How many times a first call's peak one of many calls has, as at what was measured nearest.
  function servedAt({ served }, { entries, atOnce }) {
    const apart = (one, other) => Math.max(one / other, other / one);
    const distance = ([size, count]) => apart(size, entries) * apart(count, atOnce);
    const isNearer = (one, other) => {
      const [mine, theirs] = [distance(one), distance(other)];
      return mine < theirs || (mine === theirs && one[2] > other[2]);
    };
    if (!served.length) return 1;
    return served.reduce((best, one) => (isNearer(one, best) ? one : best))[2];
  }

  function hasFailed(way, { entries, atOnce }) {
    return way.failures.some(
      (fail) => fail.everywhere || (fail.entries <= entries && fail.atOnce <= atOnce),
    );
  }

  // What one call allocates at its peak, in bytes, without the base; null where that is unknown.
  function allocationsOf(way, entries) {
    if (!way.peak.length || hasFailed(way, { entries, atOnce: 1 })) return null;
    const peak = predict(asPoints(way.peak), entries);
    const retained = way.retained.length ? predict(asPoints(way.retained), entries).value : 0;
    const found = { ...peak, value: Math.max(peak.value, retained) }; // two lines that cross
    return { value: found.value, high: high(found), basis: found.basis };
  }

  // What a way needs of a container, in bytes; null where that is unknown.
  function needOf(way, limits, reference) {
    const { entries, atOnce } = limits;
    if (hasFailed(way, limits) || !Object.keys(way.resident).length) return null;
    const base = baseOf(way, limits, reference);
    const first = predictAtOnce(way.resident, entries, atOnce);
    if (!base || !first) return null;
    const alone = asPoints(way.resident[1] ?? []);
    // Whether the peaks of threads fall together is chance: no less than if they do.
    const isKnown = alone.length && first.value;
    const together = isKnown ? (predict(alone, entries).value * atOnce) / first.value - 1 : 0;
    const calls = {
      ...first,
      value: first.value * servedAt(way, limits),
      margin: Math.max(first.margin, together),
    };
    return {
      base: high(base),
      calls: high(calls),
      value: base.value + calls.value,
      high: high(base) + high(calls),
      basis: calls.basis,
    };
  }

  // The ways with what they need: those that fit by the rule of choose, then the others, nearest
  // first. The reference has its name as strategy, and its base; `needs` are the traits that must
  // be offered.
  function judge(ways, limits, reference, needs = []) {
    const judged = ways.map((way) => {
      const need = needOf(way, limits, reference);
      const lacks = needs.filter((trait) => !way.offers?.includes(trait));
      const fits = need !== null && need.high <= limits.container && !lacks.length;
      return { way, need, lacks, fits };
    });
    const order = ({ way, need, lacks, fits }) => fits
      ? [0, way.givesUp ?? Infinity, need.value, way.strategy]
      : [1, Number(hasFailed(way, limits)), lacks.length, need?.high ?? Infinity, way.strategy];
    return judged.sort((one, other) => compare(order(one), order(other)));
  }

  // Of the ways that offer the needs, the one for which that size is least; undefined if of none.
  function leanest(ways, needs, sizeOf) {
    return ways
      .filter((way) => needs.every((trait) => way.offers?.includes(trait)) && sizeOf(way) !== null)
      .sort((one, other) => compare([sizeOf(one), one.strategy], [sizeOf(other), other.strategy]))[0];
  }

  function compare(one, other) {
    const place = one.findIndex((value, nth) => value !== other[nth]);
    if (place < 0) return 0;
    return one[place] < other[place] ? -1 : 1;
  }

  // The most calls at once that fit, as more are added one by one, and whether one more does not:
  // it may not be known.
  function mostAtOnce(way, limits, reference, most) {
    for (let atOnce = 1; atOnce <= most; atOnce += 1) {
      const need = needOf(way, { ...limits, atOnce }, reference);
      if (!need || need.high > limits.container) return { most: atOnce - 1, isKnown: need !== null };
    }
    return { most, isKnown: false };
  }

  return { judge, leanest, needOf, allocationsOf, mostAtOnce };
})();
