// A run's headline numbers, its latency, traffic, energy and cycles: all from summary.json and the digest of
// queries.csv.

function at(object, path) {
  return path.split('/').reduce((value, key) => (value === null || value === undefined ? value : value[key]), object);
}

// What a run is summed up by; also the rows of a comparison. better: -1 less, 1 more, 0 neither
const HEADLINES = [
  { key: 'latency/service/mean_us', label: 'Service time, mean', kind: 'time', better: -1 },
  { key: 'latency/service/p99_us', label: 'Service time, p99', kind: 'time', better: -1 },
  { key: 'latency/response/mean_us', label: 'Response time, mean', kind: 'time', better: -1 },
  { key: 'latency/response/p99_us', label: 'Response time, p99', kind: 'time', better: -1 },
  { key: 'served_accuracy_percent', label: 'Served top-1, mean', kind: 'percent', better: 1 },
  { key: 'violations/accuracy', label: 'Accuracy targets missed', kind: 'count', better: -1, unit: 'queries' },
  { key: 'violations/latency', label: 'Latency targets missed', kind: 'count', better: -1, unit: 'queries' },
  { key: 'off_chip_bytes/total', label: 'Off-chip bytes a query', kind: 'bytes', better: -1, perQuery: true },
  { key: 'pb/hit_bytes', label: 'PB hits a query', kind: 'bytes', better: 1, perQuery: true },
  { key: 'energy_pj/total', label: 'Energy a query', kind: 'energy', better: -1, perQuery: true },
  { key: 'pb/swaps', label: 'PB swaps', kind: 'count', better: 0, unit: 'swaps' },
  { key: 'makespan_us', label: 'Makespan', kind: 'time', better: 0 },
];

function headlineValue(summary, { key, perQuery }) {
  const value = at(summary, key);
  return perQuery ? (summary.queries ? value / summary.queries : 0) : value;
}

function headlineText(headline, value) {
  if (headline.kind === 'percent') return `${number(value)} %`;
  return headline.kind === 'count' ? `${number(value)} ${headline.unit}` : quantity(headline.kind, value);
}

const SAVED = [['accelerator_time', 'time'], ['off_chip_bytes', 'off-chip bytes'], ['off_chip_energy', 'off-chip energy'],
  ['energy', 'energy']];

function overviewSection(parent, run) {
  const { summary } = run;
  const grid = section(parent, 'overview', 'Overview');
  const tiles = HEADLINES.map((headline) => {
    const value = headlineValue(summary, headline);
    const share = headline.key.startsWith('violations') ? `${percent(value, summary.queries)} of all` : null;
    const noPb = { 'latency/service/mean_us': 'no_pb/service_mean_us', 'off_chip_bytes/total': 'no_pb/off_chip_bytes/total',
      'energy_pj/total': 'no_pb/energy_pj/total', served_accuracy_percent: 'no_pb/served_accuracy_percent' }[headline.key];
    const base = noPb ? headlineText(headline, headlineValue(summary, { ...headline, key: noPb })) : null;
    return el('div', { class: 'tile', 'data-key': headline.key, 'data-value': at(summary, headline.key) },
      el('div', { class: 'tile-label' }, headline.label), el('div', { class: 'tile-value' }, headlineText(headline, value)),
      el('div', { class: 'tile-note' }, share || (base ? `${base} without PB` : '')));
  });
  grid.append(el('div', { class: 'tiles wide' }, tiles));
  grid.append(el('p', { class: 'wide saved' }, 'Saved against the same stream without a Persistent Buffer (PB), swaps counted: ',
    SAVED.filter(([key]) => key in summary.saved_percent)
      .map(([key, label], i) => el('span', {}, i ? ', ' : '', el('b', { 'data-key': `saved_percent/${key}`,
        'data-value': summary.saved_percent[key] }, `${summary.saved_percent[key].toFixed(2)} %`), ` ${label}`))));
  const configuration = at(run, 'manifest/configuration') || {};
  grid.append(el('div', { class: 'wide' }, facts([
    ['Device', summary.device + (summary.hypothetical ? ' (hypothetical: capacity not enforced)' : '')],
    ['SuperNet', summary.supernet], ['Trace', at(run, 'model/trace')], ['Queries', number(summary.queries)],
    ['Policy', summary.policy], ['Caching', summary.caching], ['Decision every', configuration['scheduler.period_queries']
      ? `${configuration['scheduler.period_queries']} queries` : null],
    ['PB', quantity('bytes', summary.pb.capacity_bytes)], ['Clock', `${summary.clock_mhz} MHz`],
    ['Energy table', at(summary, 'energy_table/name')], ['Timing model', at(summary, 'identity/timing_model_version')],
    ['sushisim', at(run, 'manifest/version')]])));
  const missing = [['manifest', 'manifest.json: no configuration is shown'], ['model', 'model.json: no PB content and no roofline'],
    ['queries', 'queries.csv (the run had --no-records): no distribution, nothing over time'],
    ['layers', 'layers.csv: no layers'], ['layers_no_pb', 'layers_no_pb.csv: no layers without SGS']].filter(([key]) => !run[key]);
  if (missing.length > 0) {
    grid.append(el('div', { class: 'wide missing', role: 'note' }, el('p', {}, 'The directory lacks'),
      el('ul', {}, missing.map(([, text]) => el('li', {}, text)))));
  }
}

// In the model's order, then those that only queries.csv knows; a SubNet's colour and shape are its place here.
function subnetNames(run) {
  const known = (at(run, 'model/subnets') || []).map(({ name }) => name);
  return [...known, ...(run.queries ? run.queries.subnets : []).filter((name) => !known.includes(name))];
}

const TIMES = ['service', 'response', 'waiting'];

function latencySection(parent, run) {
  const { queries, summary } = run;
  const grid = section(parent, 'latency', 'Latency', 'Service is the accelerator’s time for the SubNet; response is waiting, PB swap '
    + 'and service together.');
  if (queries && queries.cdf) {
    const names = subnetNames(run);
    const series = queries.subnets.map((label, index) => ({ label, index, k: names.indexOf(label) })).sort((a, b) => a.k - b.k);
    const unit = unitFor('time', d3.max(TIMES.map((time) => summary.latency[time].max_us)));
    let shown = 'service';
    const distribution = new Figure(grid, {
      id: 'latency-distribution', title: 'Latency distribution',
      note: () => `All ${number(queries.queries)} queries by the SubNet that served them, in ${queries.histogram[shown].counts[0].length} equal bins.`,
      controls: choice('Time', TIMES.map((time) => [time, time]), shown, (value) => { shown = value; distribution.draw(); }),
      describe: () => `${shown} time, mean ${unit.text(summary.latency[shown].mean_us)}.`,
      draw: (canvas) => histogram(canvas, { bins: queries.histogram[shown], series, unit, xLabel: `${shown} time`, yLabel: 'queries' }),
      data: () => {
        const { from, to, counts } = queries.histogram[shown];
        const bins = counts[0].length;
        const edge = (i) => from + (to - from) * i / bins;
        return { columns: ['from (us)', 'to (us)', ...series.map(({ label }) => `queries by ${label}`)],
          rows: d3.range(bins).map((i) => [edge(i), edge(i + 1), ...series.map(({ index }) => counts[index][i])]) };
      },
    });
    cdfFigure(grid, 'latency-cdf', 'Latency CDF', [{ name: '', queries }], unit, `${queries.cdf.share.length} exact quantiles by nearest rank.`);
  }
  subnetFigure(grid, run);
}

// runs: [{name, queries}]: of one run the three times, of several the service and response times of each
function cdfFigure(grid, id, title, runs, unit, note) {
  const times = runs.length > 1 ? ['response', 'service', 'waiting'] : TIMES;
  let shown = times[0];
  const lines = () => (runs.length > 1 ? runs.map((run, k) => ({ label: run.name, k, run, time: shown }))
    : times.map((time, k) => ({ label: time, k, run: runs[0], time })));
  const points = ({ run, time }) => run.queries.cdf[time].map((us, i) => [unit.of(us), 100 * run.queries.cdf.share[i]]);
  const figure = new Figure(grid, {
    id, title, note,
    controls: runs.length > 1 ? choice('Time', times.map((time) => [time, time]), shown, (value) => { shown = value; figure.draw(); }) : null,
    describe: () => `${lines().map(({ label }) => label).join(', ')}.`,
    draw: (canvas) => {
      const series = lines().map((line) => ({ ...line, points: points(line), step: true }));
      return lineChart(canvas, {
        series, x: linear(series.flatMap((line) => line.points.map(([v]) => v)), { zero: runs.length === 1, room: 0.02 }),
        y: d3.scaleLinear([0, 100], [1, 0]), xLabel: `${runs.length > 1 ? `${shown} time` : 'time'}, ${unit.name}`,
        yLabel: 'queries at or below, %', markEvery: 4,
        textOf: (label, x, y) => `${label}: ${number(y)} % within ${number(x)} ${unit.name}`,
      });
    },
    data: () => ({ columns: ['share of queries', ...lines().map(({ label, time }) => (runs.length > 1 ? `${label} ${time} (us)` : `${label} (us)`))],
      rows: runs[0].queries.cdf.share.map((share, i) => [share, ...lines().map(({ run, time }) => run.queries.cdf[time][i])]) }),
  });
}

// Service time of each SubNet with each SubGraph that was cached, from layers.csv, beside the targets of queries.
function servicePairs(run) {
  if (!run.layers) return [];
  const top1 = new Map((at(run, 'model/subnets') || []).map((subnet) => [subnet.name, subnet.top1_percent]));
  return run.layers.pairs.filter(({ subnet }) => top1.has(subnet)).map((pair) => ({
    ...pair, top1: top1.get(pair.subnet), us: sum(pair.cycles) / run.summary.clock_mhz,
  }));
}

function subnetFigure(grid, run) {
  const pairs = servicePairs(run);
  if (pairs.length === 0) return;
  const names = run.model.subnets.map(({ name }) => name);
  const targets = run.queries ? run.queries.points.latency_max.map((us, i) => [us, run.queries.points.accuracy_min[i]]) : [];
  const unit = unitFor('time', d3.max(pairs, ({ us }) => us));
  const most = d3.max(pairs, ({ queries }) => queries);
  const named = new Set(names.map((name) => pairs.find(({ subnet }) => subnet === name)));  // the most frequent of each
  const every = run.queries ? run.queries.per_point : 1;
  new Figure(grid, {
    id: 'latency-accuracy', title: 'Latency against accuracy', wide: true,
    note: `A point is a SubNet with one SubGraph cached, larger where it served more queries.${targets.length
      ? ` Grey dots are the targets (latency at most, accuracy at least) of ${every === 1 ? 'every query' : `one query in ${every}`}.` : ''}`,
    describe: () => `SubNets ${names.join(', ')}.`,
    draw: (canvas) => {
      const served = names.filter((name) => pairs.some(({ subnet }) => subnet === name));
      const top = canvas.legend(served.map((label) => ({ label, k: names.indexOf(label), kind: 'shape' })), 0, 0);
      const x = linear([...pairs.map(({ us }) => unit.of(us)), ...targets.map(([us]) => unit.of(us))]);
      const y = linear([...pairs.map(({ top1 }) => top1), ...targets.map(([, accuracy]) => accuracy)]);
      return scatter(canvas, {
        x, y, top, xLabel: `service time, ${unit.name}`, yLabel: 'top-1, %',
        under: (f) => f.g.append('g').attr('class', 'targets').selectAll('circle').data(targets).join('circle').attr('r', 1.6)
          .attr('cx', ([us]) => x(unit.of(us))).attr('cy', ([, accuracy]) => y(accuracy)),
        points: pairs.map((pair) => [pair, pair.subnet, pair.cached, pair.queries]).map(([pair, subnet, cached, queries]) => ({
          x: unit.of(pair.us), y: pair.top1, k: names.indexOf(subnet), size: 50 + 150 * queries / most, label: named.has(pair) ? fitted(subnet, 120) : null,
          text: `SubNet ${subnet} with ${cached} cached\n${unit.text(pair.us)}, top-1 ${number(pair.top1)} %\n${number(queries)} queries`,
        })),
      }).bottom;
    },
    data: () => ({ columns: ['subnet', 'cached SubGraph', 'queries', 'service (us)', 'top-1 (%)'],
      rows: pairs.map(({ subnet, cached, queries, us, top1 }) => [subnet, cached, queries, us, top1]) }),
  });
}

// Tables like {weights: 1, iacts: 2, total: 3} of ours and of no_pb, per query.
function beside(grid, { id, title, note, kind, ours, without, queries }) {
  const names = Object.keys(ours).filter((name) => !['total', 'mean_per_query'].includes(name) && (ours[name] > 0 || (without && without[name] > 0)));
  const tables = without ? [ours, without] : [ours];
  const unit = unitFor(kind, d3.max(names.flatMap((name) => tables.map((table) => (table[name] || 0) / queries))) || 1);
  new Figure(grid, {
    id, title, note, describe: () => `${names.map(words).join(', ')}.`,
    draw: (canvas) => groupedBars(canvas, { rows: names.map((name) => ({ name: words(name), values: tables.map((table) => (name in table ? table[name] / queries : null)) })),
      series: without ? ['this run', 'without PB'] : ['this run'], unit, xLabel: 'per query' }),
    data: () => ({ columns: ['part', `this run (${UNITS[kind][UNITS[kind].length - 1][1]})`, ...(without ? ['without PB'] : [])],
      rows: Object.keys(ours).filter((name) => name !== 'mean_per_query').map((name) => [name, ...tables.map((table) => table[name])]) }),
  });
}

function trafficSection(parent, run) {
  const { summary } = run;
  const grid = section(parent, 'traffic', 'Off-chip traffic and energy', 'A query’s mean, beside the same stream and policy without a PB.');
  const queries = summary.queries || 1;
  beside(grid, { id: 'off-chip-bytes', title: 'Off-chip bytes by kind', kind: 'bytes', ours: summary.off_chip_bytes,
    without: summary.no_pb.off_chip_bytes, queries });
  beside(grid, { id: 'energy', title: 'Energy by component', kind: 'energy', ours: summary.energy_pj, without: summary.no_pb.energy_pj,
    queries, note: `Table ${at(summary, 'energy_table/name') || ''}${at(summary, 'energy_table/static_power_mw') === 0 ? '; no static power given' : ''}.` });
  const commands = Object.values(summary.dram.energy_pj).some((pj) => pj > 0);
  if (commands) {
    beside(grid, { id: 'dram-energy', title: 'DRAM energy by command', kind: 'energy', ours: summary.dram.energy_pj, queries });
  }
  const blocks = ['dpe_array', 'weight_dma', 'iact_dma', 'oact_dma', 'dram'];
  const states = Object.keys(summary.cycles.dpe_array);
  const parts = [...states, 'busy', 'idle'];
  const paints = [...states.map((name, k) => ({ label: words(name), k: k < 7 ? k : k + 1 })), { label: 'busy', k: 7 }, { label: 'idle', paint: 'var(--empty)' }];
  const cells = (block) => parts.map((part) => summary.cycles[block][part] || 0);
  new Figure(grid, {
    id: 'cycles', title: 'Cycles by state', wide: !commands, note: 'Of the whole run, PB swaps included. The array’s states sum to all; '
      + 'DMA engines and DRAM are busy or idle.',
    describe: () => `${blocks.map(words).join(', ')}.`,
    draw: (canvas) => stackedBars(canvas, { rows: blocks.map((block) => ({ name: words(block), values: cells(block) })), parts: paints,
      kind: 'cycles', xLabel: 'share of all cycles' }),
    data: () => ({ columns: ['block', ...parts.map((part) => `${part} (cycles)`)], rows: blocks.map((block) => [block, ...cells(block)]) }),
  });
}
