// A run over its stream: latency, served SubNet and cached SubGraph.

// The digest's points in at most `count` bins of neighbours.
function binned(queries, count) {
  const { points, per_point: perPoint } = queries;
  const total = points.service.length;
  const size = Math.ceil(total / Math.max(1, count));
  const bins = [];
  for (let first = 0; first < total; first += size) {
    const of = (name) => points[name].slice(first, first + size);
    const served = queries.subnets.map((_, k) =>
      sum(points.served.slice(first, first + size).map((counts) => counts[k])),
    );
    bins.push({
      from: first * perPoint,
      to: Math.min(queries.queries, (first + size) * perPoint),
      served,
      service: d3.mean(of('service')),
      response: d3.mean(of('response')),
      low: d3.min(of('response_min')),
      high: d3.max(of('response_max')),
    });
  }
  return bins;
}

// Of each SubGraph the share of each bin's queries that it was cached for.
function cachedShares(queries, edges) {
  const shares = queries.subgraphs.map(() => new Array(edges.length - 1).fill(0));
  let bin = 0;
  for (const [first, count, subgraph] of queries.contents) {
    let from = first;
    while (from < first + count) {
      while (from >= edges[bin + 1]) ++bin;
      const to = Math.min(first + count, edges[bin + 1]);
      shares[subgraph][bin] += (to - from) / (edges[bin + 1] - edges[bin]);
      from = to;
    }
  }
  return shares;
}

function span(from, to) {
  return to - from === 1 ? `query ${number(from)}` : `queries ${number(from)} to ${number(to - 1)}`;
}

function timeSection(parent, run) {
  const { queries } = run;
  if (!queries || queries.queries === 0) return;
  const stated =
    queries.per_point === 1
      ? 'The data hold every query.'
      : `The data hold the mean of each ${queries.per_point} queries.`;
  const grid = section(parent, 'time', 'Over the stream', stated);
  const unit = unitFor('time', d3.max(queries.points.response_max));
  new Figure(grid, {
    id: 'latency-time',
    title: 'Latency over the stream',
    wide: true,
    note: 'Means of neighbouring queries; the band reaches from their least to their greatest response.',
    describe: () => `${number(queries.queries)} queries.`,
    draw: (canvas) => {
      const bins = binned(queries, canvas.width / 4);
      const last = bins[bins.length - 1];
      const steps = (value) => [
        ...bins.map((bin) => [bin.from, unit.of(value(bin))]),
        [last.to, unit.of(value(last))],
      ];
      const low = steps((bin) => bin.low);
      const high = steps((bin) => bin.high);
      return lineChart(canvas, {
        series: [
          { label: 'response', k: 1, points: steps((bin) => bin.response), step: true },
          { label: 'service', k: 0, points: steps((bin) => bin.service), step: true },
        ],
        band: { label: 'least to greatest response', points: low.map(([x, y], i) => [x, y, high[i][1]]) },
        x: d3.scaleLinear([0, queries.queries], [0, 1]),
        y: linear([0, ...high.map(([, y]) => y)], { zero: true }),
        xLabel: 'query',
        yLabel: `latency, ${unit.name}`,
        height: 220,
        textOf: (label, x, y) => `${label}, from query ${number(x)} on: ${number(y)} ${unit.name}`,
      });
    },
    data: () => {
      const names = ['service', 'response', 'waiting', 'response_min', 'response_max'];
      return {
        columns: ['first query', ...names.map((name) => `${name} (us)`)],
        rows: queries.points.service.map((_, i) => [
          i * queries.per_point,
          ...names.map((name) => queries.points[name][i]),
        ]),
      };
    },
  });
  servedFigure(grid, run);
}

const MOST_ROWS = 14;

function servedFigure(grid, run) {
  const { queries } = run;
  const subnets = subnetNames(run);
  const cachedQueries = queries.subgraphs.map((_, k) =>
    sum(queries.contents.filter(([, , subgraph]) => subgraph === k).map(([, count]) => count)),
  );
  const order = d3.range(queries.subgraphs.length).sort((a, b) => cachedQueries[b] - cachedQueries[a]);
  const shown = order.slice(0, MOST_ROWS).sort((a, b) => a - b);
  const notes = [];
  if (order.length > shown.length)
    notes.push(`The ${shown.length} of ${order.length} SubGraphs cached longest.`);
  if (queries.contents_left_out > 0)
    notes.push(
      `The first ${number(queries.contents.length)} contents of the PB; ${number(queries.contents_left_out)} later ones are left out.`,
    );
  new Figure(grid, {
    id: 'served',
    title: 'Served SubNet and cached SubGraph',
    wide: true,
    interactive: true,
    note: [
      'The fuller the colour, the larger the share of queries. A click on a SubGraph, or Enter, shows it in the Persistent Buffer below.',
      ...notes,
    ].join(' '),
    describe: () =>
      `SubNets ${subnets.join(', ')}; SubGraphs ${shown.map((k) => queries.subgraphs[k]).join(', ')}.`,
    draw: (canvas) => {
      const bins = binned(queries, canvas.width / 3);
      const edges = [...bins.map(({ from }) => from), queries.queries];
      const x = d3.scaleLinear([0, queries.queries], [0, 1]);
      const left = nameWidth([...subnets, ...shown.map((k) => queries.subgraphs[k])], canvas);
      const textOf = (what) => (name, from, to, share) =>
        `${what} ${name}: ${number(100 * share)} % of ${span(from, to)}`;
      const rows = subnets.map((name, k) => {
        const number_ = queries.subnets.indexOf(name);
        return {
          name,
          k,
          shares: bins.map(({ served, from, to }) => (number_ < 0 ? 0 : served[number_] / (to - from))),
        };
      });
      const bottom = shareStrip(canvas, {
        rows: rows.reverse(),
        x,
        edges,
        top: 0,
        left,
        title: 'SubNet served',
        textOf: textOf('SubNet'),
      });
      const shares = cachedShares(queries, edges);
      return shareStrip(canvas, {
        rows: shown.map((k) => ({ name: queries.subgraphs[k], k: 4, shares: shares[k] })),
        x,
        edges,
        top: bottom,
        left,
        title: 'SubGraph cached',
        xLabel: 'query',
        textOf: textOf('SubGraph'),
        select: (...where) => pbView.show(...where),
      });
    },
    data: () => ({
      columns: [
        'first query',
        'queries',
        'cached SubGraph',
        ...queries.subnets.map((name) => `served by ${name}`),
      ],
      rows: queries.contents.map(([first, count, subgraph, served]) => [
        first,
        count,
        queries.subgraphs[subgraph],
        ...served,
      ]),
    }),
  });
}
