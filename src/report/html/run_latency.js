// A run's latency: distribution, CDF, and each SubNet's time against its accuracy.

// In the model's order, then those that only queries.csv knows; a SubNet's colour and shape are its place here.
function subnetNames(run) {
  const known = (at(run, 'model/subnets') || []).map(({ name }) => name);
  return [...known, ...(run.queries ? run.queries.subnets : []).filter((name) => !known.includes(name))];
}

const TIMES = ['service', 'response', 'waiting'];

function latencySection(parent, run) {
  const { queries, summary } = run;
  const grid = section(
    parent,
    'latency',
    'Latency',
    'Service is the accelerator’s time for the SubNet; response is waiting, PB swap ' +
      'and service together.',
  );
  if (queries && queries.cdf) {
    const names = subnetNames(run);
    const series = queries.subnets
      .map((label, index) => ({ label, index, k: names.indexOf(label) }))
      .sort((a, b) => a.k - b.k);
    const unit = unitFor('time', d3.max(TIMES.map((time) => summary.latency[time].max_us)));
    let shown = 'service';
    const distribution = new Figure(grid, {
      id: 'latency-distribution',
      title: 'Latency distribution',
      note: () =>
        `All ${number(queries.queries)} queries by the SubNet that served them, in ${queries.histogram[shown].counts[0].length} equal bins.`,
      controls: choice(
        'Time',
        TIMES.map((time) => [time, time]),
        shown,
        (value) => {
          shown = value;
          distribution.draw();
        },
      ),
      describe: () => `${shown} time, mean ${unit.text(summary.latency[shown].mean_us)}.`,
      draw: (canvas) =>
        histogram(canvas, {
          bins: queries.histogram[shown],
          series,
          unit,
          xLabel: `${shown} time`,
          yLabel: 'queries',
        }),
      data: () => {
        const { from, to, counts } = queries.histogram[shown];
        const bins = counts[0].length;
        const edge = (i) => from + ((to - from) * i) / bins;
        return {
          columns: ['from (us)', 'to (us)', ...series.map(({ label }) => `queries by ${label}`)],
          rows: d3
            .range(bins)
            .map((i) => [edge(i), edge(i + 1), ...series.map(({ index }) => counts[index][i])]),
        };
      },
    });
    cdfFigure(
      grid,
      'latency-cdf',
      'Latency CDF',
      [{ name: '', queries }],
      unit,
      `${queries.cdf.share.length} exact quantiles by nearest rank.`,
    );
  }
  subnetFigure(grid, run);
}

// runs: [{name, queries}]: of one run the three times, of several the service and response times of each
function cdfFigure(grid, id, title, runs, unit, note) {
  const times = runs.length > 1 ? ['response', 'service', 'waiting'] : TIMES;
  let shown = times[0];
  const lines = () =>
    runs.length > 1
      ? runs.map((run, k) => ({ label: run.name, k, run, time: shown }))
      : times.map((time, k) => ({ label: time, k, run: runs[0], time }));
  const points = ({ run, time }) =>
    run.queries.cdf[time].map((us, i) => [unit.of(us), 100 * run.queries.cdf.share[i]]);
  const figure = new Figure(grid, {
    id,
    title,
    note,
    controls:
      runs.length > 1
        ? choice(
            'Time',
            times.map((time) => [time, time]),
            shown,
            (value) => {
              shown = value;
              figure.draw();
            },
          )
        : null,
    describe: () =>
      `${lines()
        .map(({ label }) => label)
        .join(', ')}.`,
    draw: (canvas) => {
      const series = lines().map((line) => ({ ...line, points: points(line), step: true }));
      return lineChart(canvas, {
        series,
        x: linear(
          series.flatMap((line) => line.points.map(([v]) => v)),
          { zero: runs.length === 1, room: 0.02 },
        ),
        y: d3.scaleLinear([0, 100], [1, 0]),
        xLabel: `${runs.length > 1 ? `${shown} time` : 'time'}, ${unit.name}`,
        yLabel: 'queries at or below, %',
        markEvery: 4,
        textOf: (label, x, y) => `${label}: ${number(y)} % within ${number(x)} ${unit.name}`,
      });
    },
    data: () => ({
      columns: [
        'share of queries',
        ...lines().map(({ label, time }) => (runs.length > 1 ? `${label} ${time} (us)` : `${label} (us)`)),
      ],
      rows: runs[0].queries.cdf.share.map((share, i) => [
        share,
        ...lines().map(({ run, time }) => run.queries.cdf[time][i]),
      ]),
    }),
  });
}

// Service time of each SubNet with each SubGraph that was cached, from layers.csv, beside the targets of queries.
function servicePairs(run) {
  if (!run.layers) return [];
  const top1 = new Map((at(run, 'model/subnets') || []).map((subnet) => [subnet.name, subnet.top1_percent]));
  return run.layers.pairs
    .filter(({ subnet }) => top1.has(subnet))
    .map((pair) => ({
      ...pair,
      top1: top1.get(pair.subnet),
      us: sum(pair.cycles) / run.summary.clock_mhz,
    }));
}

function subnetFigure(grid, run) {
  const pairs = servicePairs(run);
  if (pairs.length === 0) return;
  const names = run.model.subnets.map(({ name }) => name);
  const targets = run.queries
    ? run.queries.points.latency_max.map((us, i) => [us, run.queries.points.accuracy_min[i]])
    : [];
  const unit = unitFor(
    'time',
    d3.max(pairs, ({ us }) => us),
  );
  const most = d3.max(pairs, ({ queries }) => queries);
  const named = new Set(names.map((name) => pairs.find(({ subnet }) => subnet === name))); // the most frequent of each
  const every = run.queries ? run.queries.per_point : 1;
  new Figure(grid, {
    id: 'latency-accuracy',
    title: 'Latency against accuracy',
    wide: true,
    note: `A point is a SubNet with one SubGraph cached, larger where it served more queries.${
      targets.length
        ? ` Grey dots are the targets (latency at most, accuracy at least) of ${every === 1 ? 'every query' : `one query in ${every}`}.`
        : ''
    }`,
    describe: () => `SubNets ${names.join(', ')}.`,
    draw: (canvas) => {
      const served = names.filter((name) => pairs.some(({ subnet }) => subnet === name));
      const top = canvas.legend(
        served.map((label) => ({ label, k: names.indexOf(label), kind: 'shape' })),
        0,
        0,
      );
      const x = linear([...pairs.map(({ us }) => unit.of(us)), ...targets.map(([us]) => unit.of(us))]);
      const y = linear([...pairs.map(({ top1 }) => top1), ...targets.map(([, accuracy]) => accuracy)]);
      return scatter(canvas, {
        x,
        y,
        top,
        xLabel: `service time, ${unit.name}`,
        yLabel: 'top-1, %',
        under: (f) =>
          f.g
            .append('g')
            .attr('class', 'targets')
            .selectAll('circle')
            .data(targets)
            .join('circle')
            .attr('r', 1.6)
            .attr('cx', ([us]) => x(unit.of(us)))
            .attr('cy', ([, accuracy]) => y(accuracy)),
        points: pairs
          .map((pair) => [pair, pair.subnet, pair.cached, pair.queries])
          .map(([pair, subnet, cached, queries]) => ({
            x: unit.of(pair.us),
            y: pair.top1,
            k: names.indexOf(subnet),
            size: 50 + (150 * queries) / most,
            label: named.has(pair) ? fitted(subnet, 120) : null,
            text: `SubNet ${subnet} with ${cached} cached\n${unit.text(pair.us)}, top-1 ${number(pair.top1)} %\n${number(queries)} queries`,
          })),
      }).bottom;
    },
    data: () => ({
      columns: ['subnet', 'cached SubGraph', 'queries', 'service (us)', 'top-1 (%)'],
      rows: pairs.map(({ subnet, cached, queries, us, top1 }) => [subnet, cached, queries, us, top1]),
    }),
  });
}
