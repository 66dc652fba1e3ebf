// A run's headline numbers, traffic, energy and cycles: all from summary.json.

function at(object, path) {
  return path
    .split('/')
    .reduce((value, key) => (value === null || value === undefined ? value : value[key]), object);
}

// What a run is summed up by; also the rows of a comparison. better: -1 less, 1 more, 0 neither
const HEADLINES = [
  { key: 'latency/service/mean_us', label: 'Service time, mean', kind: 'time', better: -1 },
  { key: 'latency/service/p99_us', label: 'Service time, p99', kind: 'time', better: -1 },
  { key: 'latency/response/mean_us', label: 'Response time, mean', kind: 'time', better: -1 },
  { key: 'latency/response/p99_us', label: 'Response time, p99', kind: 'time', better: -1 },
  { key: 'served_accuracy_percent', label: 'Served top-1, mean', kind: 'percent', better: 1 },
  {
    key: 'violations/accuracy',
    label: 'Accuracy targets missed',
    kind: 'count',
    better: -1,
    unit: ['query', 'queries'],
  },
  { key: 'violations/latency', label: 'Latency targets missed', kind: 'count', better: -1, unit: ['query', 'queries'] },
  { key: 'off_chip_bytes/total', label: 'Off-chip bytes a query', kind: 'bytes', better: -1, perQuery: true },
  { key: 'pb/hit_bytes', label: 'PB hits a query', kind: 'bytes', better: 1, perQuery: true },
  { key: 'energy_pj/total', label: 'Energy a query', kind: 'energy', better: -1, perQuery: true },
  { key: 'pb/swaps', label: 'PB swaps', kind: 'count', better: 0, unit: ['swap', 'swaps'] },
  { key: 'makespan_us', label: 'Makespan', kind: 'time', better: 0 },
];

function headlineValue(summary, { key, perQuery, share }) {
  const value = at(summary, key);
  if (share) return summary.queries ? (100 * value) / summary.queries : 0;
  return perQuery ? (summary.queries ? value / summary.queries : 0) : value;
}

function headlineText(headline, value) {
  if (headline.kind === 'percent') return `${number(value)} %`;
  if (headline.kind !== 'count') return quantity(headline.kind, value);
  return `${number(value)} ${headline.unit[value === 1 ? 0 : 1]}`;
}

const SAVED = [
  ['accelerator_time', 'time'],
  ['off_chip_bytes', 'off-chip bytes'],
  ['off_chip_energy', 'off-chip energy'],
  ['energy', 'energy'],
];

function overviewSection(parent, run) {
  const { summary } = run;
  const grid = section(parent, 'overview', 'Overview');
  const tiles = HEADLINES.map((headline) => {
    const value = headlineValue(summary, headline);
    const share = headline.key.startsWith('violations') ? `${percent(value, summary.queries)} of all` : null;
    const noPb = {
      'latency/service/mean_us': 'no_pb/service_mean_us',
      'off_chip_bytes/total': 'no_pb/off_chip_bytes/total',
      'energy_pj/total': 'no_pb/energy_pj/total',
      served_accuracy_percent: 'no_pb/served_accuracy_percent',
    }[headline.key];
    const base = noPb ? headlineText(headline, headlineValue(summary, { ...headline, key: noPb })) : null;
    return el(
      'div',
      { class: 'tile', 'data-key': headline.key, 'data-value': at(summary, headline.key) },
      el('div', { class: 'tile-label' }, headline.label),
      el('div', { class: 'tile-value' }, headlineText(headline, value)),
      el('div', { class: 'tile-note' }, share || (base ? `${base} without PB` : '')),
    );
  });
  grid.append(el('div', { class: 'tiles wide' }, tiles));
  grid.append(
    el(
      'p',
      { class: 'wide saved' },
      'Saved against the same stream without a Persistent Buffer (PB), swaps counted: ',
      SAVED.filter(([key]) => key in summary.saved_percent).map(([key, label], i) =>
        el(
          'span',
          {},
          i ? ', ' : '',
          el(
            'b',
            { 'data-key': `saved_percent/${key}`, 'data-value': summary.saved_percent[key] },
            `${summary.saved_percent[key].toFixed(2)} %`,
          ),
          ` ${label}`,
        ),
      ),
    ),
  );
  const configuration = at(run, 'manifest/configuration') || {};
  grid.append(
    el(
      'div',
      { class: 'wide' },
      facts([
        ['Device', summary.device + (summary.hypothetical ? ' (hypothetical: capacity not enforced)' : '')],
        ['SuperNet', summary.supernet],
        ['Trace', at(run, 'model/trace')],
        ['Queries', number(summary.queries)],
        ['Policy', summary.policy],
        ['Caching', summary.caching],
        [
          'Decision every',
          configuration['scheduler.period_queries']
            ? `${configuration['scheduler.period_queries']} queries`
            : null,
        ],
        ['PB', quantity('bytes', summary.pb.capacity_bytes)],
        ['Clock', `${summary.clock_mhz} MHz`],
        ['Energy table', at(summary, 'energy_table/name')],
        ['Timing model', at(summary, 'identity/timing_model_version')],
        ['sushisim', at(run, 'manifest/version')],
      ]),
    ),
  );
  const missing = [
    ['manifest', 'manifest.json: no configuration is shown'],
    ['model', 'model.json: no PB content and no roofline'],
    [
      'queries',
      `queries.csv (${
        summary.quantile_relative_error > 0 ? 'the run had --no-records' : 'the run wrote it; it is gone'
      }): no distribution, nothing over time`,
    ],
    ['layers', 'layers.csv: no layers'],
    ['layers_no_pb', 'layers_no_pb.csv: no layers without SGS'],
  ].filter(([key]) => !run[key]);
  if (missing.length > 0) {
    grid.append(
      el(
        'div',
        { class: 'wide missing', role: 'note' },
        el('p', {}, 'The directory lacks'),
        el(
          'ul',
          {},
          missing.map(([, text]) => el('li', {}, text)),
        ),
      ),
    );
  }
}

// Tables like {weights: 1, iacts: 2, total: 3} of ours and of no_pb, per query.
function beside(grid, { id, title, note, kind, ours, without, queries }) {
  const names = Object.keys(ours).filter(
    (name) =>
      !['total', 'mean_per_query'].includes(name) && (ours[name] > 0 || (without && without[name] > 0)),
  );
  const tables = without ? [ours, without] : [ours];
  const unit = unitFor(
    kind,
    d3.max(names.flatMap((name) => tables.map((table) => (table[name] || 0) / queries))) || 1,
  );
  new Figure(grid, {
    id,
    title,
    note,
    describe: () => `${names.map(words).join(', ')}.`,
    draw: (canvas) =>
      groupedBars(canvas, {
        rows: names.map((name) => ({
          name: words(name),
          values: tables.map((table) => (name in table ? table[name] / queries : null)),
        })),
        series: without ? ['this run', 'without PB'] : ['this run'],
        unit,
        xLabel: 'per query',
      }),
    data: () => ({
      columns: [
        'part',
        `this run (${UNITS[kind][UNITS[kind].length - 1][1]})`,
        ...(without ? ['without PB'] : []),
      ],
      rows: Object.keys(ours)
        .filter((name) => name !== 'mean_per_query')
        .map((name) => [name, ...tables.map((table) => table[name])]),
    }),
  });
}

function trafficSection(parent, run) {
  const { summary } = run;
  const grid = section(
    parent,
    'traffic',
    'Off-chip traffic and energy',
    'A query’s mean, beside the same stream and policy without a PB.',
  );
  const queries = summary.queries || 1;
  beside(grid, {
    id: 'off-chip-bytes',
    title: 'Off-chip bytes by kind',
    kind: 'bytes',
    ours: summary.off_chip_bytes,
    without: summary.no_pb.off_chip_bytes,
    queries,
  });
  beside(grid, {
    id: 'energy',
    title: 'Energy by component',
    kind: 'energy',
    ours: summary.energy_pj,
    without: summary.no_pb.energy_pj,
    queries,
    note: `Table ${at(summary, 'energy_table/name') || ''}${at(summary, 'energy_table/static_power_mw') === 0 ? '; no static power given' : ''}.`,
  });
  const commands = Object.values(summary.dram.energy_pj).some((pj) => pj > 0);
  if (commands) {
    beside(grid, {
      id: 'dram-energy',
      title: 'DRAM energy by command',
      kind: 'energy',
      ours: summary.dram.energy_pj,
      queries,
    });
  }
  const blocks = ['dpe_array', 'weight_dma', 'iact_dma', 'oact_dma', 'dram'];
  const states = Object.keys(summary.cycles.dpe_array);
  const parts = [...states, 'busy', 'idle'];
  const paints = [
    ...states.map((name, k) => ({ label: words(name), k: k < 7 ? k : k + 1 })),
    { label: 'busy', k: 7 },
    { label: 'idle', paint: 'var(--empty)' },
  ];
  const cells = (block) => parts.map((part) => summary.cycles[block][part] || 0);
  new Figure(grid, {
    id: 'cycles',
    title: 'Cycles by state',
    wide: !commands,
    note:
      'Of the whole run, PB swaps included. The array’s states sum to all; ' +
      'DMA engines and DRAM are busy or idle.',
    describe: () => `${blocks.map(words).join(', ')}.`,
    draw: (canvas) =>
      stackedBars(canvas, {
        rows: blocks.map((block) => ({ name: words(block), values: cells(block) })),
        parts: paints,
        kind: 'cycles',
        xLabel: 'share of all cycles',
      }),
    data: () => ({
      columns: ['block', ...parts.map((part) => `${part} (cycles)`)],
      rows: blocks.map((block) => [block, ...cells(block)]),
    }),
  });
}
