// Several runs beside each other: headline numbers, distributions, what is moved and what it costs.

// Counts of queries say nothing beside a stream of another length.
const COMPARED = HEADLINES.map((one) =>
  one.key.startsWith('violations') ? { ...one, kind: 'percent', share: true } : one,
);

// In which respects the runs are not the same work.
function differences(runs) {
  const parts = [
    ['trace', ({ identity }) => identity.trace],
    ['model', ({ identity }) => identity.model],
    ['number of queries', ({ queries }) => queries],
  ];
  return parts
    .filter(([, of]) => runs.some(({ summary }) => of(summary) !== of(runs[0].summary)))
    .map(([name]) => name);
}

function compareSection(parent, runs) {
  const names = runs.map(({ short }) => short);
  const other = differences(runs);
  const grid = section(
    parent,
    'comparison',
    'Comparison',
    `${runs.length} runs; changes are against the first, ${names[0]}.` +
      (other.length > 0 ? ` They are not the same work: they differ in ${other.join(', ')}.` : ''),
  );
  headlineTable(grid, runs);
  tradeFigure(grid, runs);
  const known = runs
    .filter(({ queries }) => queries && queries.cdf)
    .map(({ short, queries }) => ({ name: short, queries }));
  if (known.length > 0) {
    const unit = unitFor(
      'time',
      d3.max(known, ({ queries }) => d3.max(queries.cdf.response)),
    );
    const lacking = runs.length - known.length;
    cdfFigure(
      grid,
      'compare-cdf',
      'Latency CDF of the runs',
      known.length > 1 ? known : [known[0]],
      unit,
      lacking > 0 ? `${lacking} run${lacking > 1 ? 's have' : ' has'} no queries.csv.` : null,
    );
  }
  metricFigure(grid, runs);
  stackFigure(grid, runs, {
    id: 'compare-bytes',
    title: 'Off-chip bytes of the runs',
    kind: 'bytes',
    table: 'off_chip_bytes',
  });
  stackFigure(grid, runs, {
    id: 'compare-energy',
    title: 'Energy of the runs',
    kind: 'energy',
    table: 'energy_pj',
  });
}

function headlineTable(grid, runs) {
  const rows = COMPARED.map((headline) => ({
    headline,
    values: runs.map(({ summary }) => headlineValue(summary, headline)),
  }));
  const change = (row, i) => {
    const [now, base] = [row.values[i], row.values[0]];
    if (i === 0 || now === base) return '';
    const better = Math.sign(now - base) * row.headline.better;
    if (row.headline.kind === 'percent')
      return `${now > base ? '+' : '−'}${Math.abs(now - base).toFixed(2)} pt ${better > 0 ? '▲' : '▼'}`;
    const by =
      base === 0 ? '' : `${now > base ? '+' : '−'}${Math.abs((100 * (now - base)) / base).toFixed(1)} %`;
    return Math.abs(now - base) < 5e-4 * Math.abs(base)
      ? '≈'
      : `${by}${better > 0 ? ' ▲' : better < 0 ? ' ▼' : ''}`;
  };
  sortableTable(grid, {
    id: 'compare-table',
    title: 'Headline numbers (▲ better, ▼ worse than the first)',
    rows,
    columns: [
      { label: 'metric', value: ({ headline }) => headline.label, text: ({ headline }) => headline.label },
      ...runs.map(({ short }, i) => ({
        label: short,
        value: (row) => row.values[i],
        text: (row) =>
          el(
            'span',
            {},
            headlineText(row.headline, row.values[i]),
            i > 0 ? el('span', { class: 'change' }, change(row, i)) : null,
          ),
      })),
    ],
  });
}

function tradeFigure(grid, runs) {
  const unit = unitFor(
    'time',
    d3.max(runs, ({ summary }) => summary.latency.service.mean_us),
  );
  const points = runs.map(({ short, summary }) => [
    short,
    summary.latency.service.mean_us,
    summary.served_accuracy_percent,
  ]);
  new Figure(grid, {
    id: 'compare-trade',
    title: 'Mean service time against served accuracy',
    note: 'Up and to the left is better.',
    describe: () =>
      points.map(([name, us, top1]) => `${name}: ${unit.text(us)}, ${number(top1)} %`).join('; '),
    draw: (canvas) =>
      scatter(canvas, {
        x: linear(
          points.map(([, us]) => unit.of(us)),
          { room: 0.2 },
        ),
        y: linear(
          points.map(([, , top1]) => top1),
          { room: 0.2 },
        ),
        xLabel: `mean service time, ${unit.name}`,
        yLabel: 'mean top-1, %',
        height: 260,
        points: points.map(([name, us, top1], k) => ({
          x: unit.of(us),
          y: top1,
          k,
          size: 110,
          label: fitted(name, 130),
          text: `${name}\n${unit.text(us)}, ${number(top1)} %`,
        })),
      }).bottom,
    data: () => ({ columns: ['run', 'mean service (us)', 'mean top-1 (%)'], rows: points }),
  });
}

function metricFigure(grid, runs) {
  let key = 'latency/response/p99_us';
  const headline = () => COMPARED.find((one) => one.key === key);
  const values = () => runs.map(({ summary }) => headlineValue(summary, headline()));
  const figure = new Figure(grid, {
    id: 'compare-metric',
    title: 'One metric of the runs',
    wide: true,
    controls: choice(
      'Metric',
      COMPARED.map((one) => [one.key, one.label]),
      key,
      (value) => {
        key = value;
        figure.draw();
      },
    ),
    describe: () => headline().label,
    draw: (canvas) => {
      const { kind, label, unit: name } = headline();
      const unit =
        kind === 'percent' || kind === 'count'
          ? { ...unitFor('count', 1), name: name || '%' }
          : unitFor(kind, d3.max(values()));
      return groupedBars(canvas, {
        rows: runs.map(({ short }, i) => ({ name: short, values: [values()[i]] })),
        series: [label],
        unit,
        xLabel: label,
      });
    },
    data: () => ({
      columns: ['run', `${headline().label}: ${key}${headline().perQuery ? ' / queries' : ''}`],
      rows: runs.map(({ short }, i) => [short, values()[i]]),
    }),
  });
}

function stackFigure(grid, runs, { id, title, kind, table }) {
  const parts = [...new Set(runs.flatMap(({ summary }) => Object.keys(summary[table])))].filter(
    (name) => !['total', 'mean_per_query'].includes(name),
  );
  const rows = runs.map(({ short, summary }) => ({
    name: short,
    values: parts.map((part) => (summary[table][part] || 0) / (summary.queries || 1)),
  }));
  const unit = unitFor(
    kind,
    d3.max(rows, ({ values }) => sum(values)),
  );
  const { drawn, drawnRows } = withOthers(parts, rows);
  new Figure(grid, {
    id,
    title,
    note: `A query’s mean.${drawn.length < parts.length ? ' Parts under 0.5 % are others; the table has each.' : ''}`,
    describe: () => rows.map(({ name, values }) => `${name} ${unit.text(sum(values))}`).join(', '),
    draw: (canvas) => stackedBars(canvas, { rows: drawnRows, parts: drawn, unit, kind, xLabel: 'per query' }),
    data: () => ({
      columns: ['run', ...parts.map((part) => `${part} (${UNITS[kind][UNITS[kind].length - 1][1]} a query)`)],
      rows: rows.map(({ name, values }) => [name, ...values]),
    }),
  });
}

// Parts that are under 0.5 % of every row, summed up, so that those that matter have colours of their own.
function withOthers(parts, rows) {
  const share = (row, i) => row.values[i] / (sum(row.values) || 1);
  const small = d3.range(parts.length).filter((i) => rows.every((row) => share(row, i) < 0.005));
  const large = d3.range(parts.length).filter((i) => !small.includes(i));
  const drawn = large.map((i, k) => ({ label: words(parts[i]), k }));
  if (small.length > 0) drawn.push({ label: 'others', k: 7 });
  const others = (row) => (small.length > 0 ? [sum(small.map((i) => row.values[i]))] : []);
  return {
    drawn,
    drawnRows: rows.map((row) => ({
      name: row.name,
      values: [...large.map((i) => row.values[i]), ...others(row)],
    })),
  };
}
