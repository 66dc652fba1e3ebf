// The layers of one SubNet with one SubGraph cached: where their cycles go, roofline, table.

// One row a layer with everything that is known of it; `without`: the same layer without SGS, or null.
function layerRows(run, pair) {
  const { layers, layers_no_pb: noPb, summary } = run;
  const ops = layers.ops[pair.subnet];
  const base = noPb
    ? noPb.pairs.find(({ subnet, cycles }) => subnet === pair.subnet && cycles.length === ops.name.length)
    : null;
  const of = (digest, cells, i) => {
    const bytes = sum(cells.bytes.map((kind) => kind[i]));
    const us = cells.cycles[i] / summary.clock_mhz;
    return {
      cycles: cells.cycles[i],
      us,
      bytes,
      hits: cells.hits[i],
      energy: cells.energy_pj[i],
      states: cells.states.map((state) => state[i]),
      weights: cells.bytes[digest.kinds.indexOf('weights')][i],
      gmacs: us > 0 ? ops.macs[i] / us / 1e3 : 0,
      intensity: bytes > 0 ? ops.macs[i] / bytes : null,
    };
  };
  return ops.name.map((name, i) => ({
    name,
    op: i,
    kind: ops.kind[i],
    macs: ops.macs[i],
    shape: `${ops.kernels[i]} × ${ops.channels[i]} × ${ops.kernel_h[i]} × ${ops.kernel_w[i]}`,
    input: `${ops.in_h[i]} × ${ops.in_w[i]} / ${ops.stride[i]}`,
    ...of(layers, pair, i),
    without: base ? of(noPb, base, i) : null,
  }));
}

function layersSection(parent, run) {
  const { layers } = run;
  if (!layers || layers.pairs.length === 0) return;
  const grid = section(
    parent,
    'layers',
    'Layers',
    layers.pairs_left_out > 0
      ? `The ${layers.pairs.length} pairs of SubNet and SubGraph that served the most queries; ${layers.pairs_left_out} others are left out.`
      : null,
  );
  const subnets = [...new Set(layers.pairs.map(({ subnet }) => subnet))].sort();
  // What SGS does is seen where something is cached.
  let pair = layers.pairs.find(({ hits }) => sum(hits) > 0) || layers.pairs[0];
  const ofSubnet = () => layers.pairs.filter(({ subnet }) => subnet === pair.subnet);
  const body = el('div', { class: 'grid wide' });
  const controls = el('div', { class: 'controls wide', id: 'layer-controls' });
  grid.append(controls, body);
  function fill() {
    controls.replaceChildren(
      choice(
        'SubNet',
        subnets.map((name) => [name, name]),
        pair.subnet,
        (name) => {
          pair = layers.pairs.find(({ subnet }) => subnet === name);
          redraw();
        },
      ),
      choice(
        'SubGraph cached',
        ofSubnet().map(({ cached, queries }) => [cached, `${cached} (${number(queries)} queries)`]),
        pair.cached,
        (name) => {
          pair = ofSubnet().find(({ cached }) => cached === name);
          redraw();
        },
      ),
    );
    for (let i = figures.length - 1; i >= 0; --i) if (body.contains(figures[i].root)) figures.splice(i, 1);
    body.replaceChildren();
    const rows = layerRows(run, pair);
    stateFigure(body, run, rows, pair);
    rooflineFigure(body, run, rows, pair);
    layerTable(body, run, rows, pair);
  }
  function redraw() {
    fill();
    figures.filter(({ root }) => body.contains(root)).forEach((figure) => figure.draw());
  }
  fill();
}

function stateFigure(parent, run, rows, pair) {
  const { states } = run.layers;
  const parts = states.map((name, k) => ({ label: words(name), k }));
  new Figure(parent, {
    id: 'layer-cycles',
    title: 'Cycles of each layer',
    wide: true,
    note: `What the DPE array does in SubNet ${pair.subnet} with ${pair.cached} cached.`,
    describe: () => `${rows.length} layers.`,
    draw: (canvas) =>
      stackedColumns(canvas, {
        columns: rows.map(({ op, name, states: values }) => ({ name: `${op} ${name}`, values })),
        parts,
        unit: unitFor(
          'cycles',
          d3.max(rows, ({ cycles }) => cycles),
        ),
        yLabel: 'time',
        xLabel: 'layer in order of execution',
      }),
    data: () => ({
      columns: ['op', 'layer', 'cycles', ...states.map((state) => `${state} (cycles)`)],
      rows: rows.map(({ op, name, cycles, states: values }) => [op, name, cycles, ...values]),
    }),
  });
}

function layerTable(parent, run, rows, pair) {
  const share = (state) => ({
    label: words(state),
    unit: '%',
    value: (row) => (row.cycles ? (100 * row.states[run.layers.states.indexOf(state)]) / row.cycles : 0),
    text: (row) =>
      row.cycles ? ((100 * row.states[run.layers.states.indexOf(state)]) / row.cycles).toFixed(1) : '–',
  });
  const kib = (label, value) => ({ label, unit: 'KiB', value: (row) => value(row) / 1024 });
  sortableTable(parent, {
    id: 'layer-table',
    title: `Layers of SubNet ${pair.subnet} with ${pair.cached} cached`,
    rows,
    columns: [
      { label: 'layer', value: ({ name }) => name, text: ({ name }) => name },
      { label: 'op', value: ({ op }) => op },
      { label: 'kind', value: ({ kind }) => words(kind) },
      { label: 'K × C × h × w', value: (row) => row.shape },
      { label: 'input / stride', value: ({ input }) => input },
      { label: 'time', unit: 'µs', value: ({ us }) => us },
      ...(rows[0].without ? [{ label: 'without SGS', unit: 'µs', value: ({ without }) => without.us }] : []),
      ...['compute', 'wait_weights', 'wait_iacts']
        .filter((state) => run.layers.states.includes(state))
        .map(share),
      kib('weights fetched', ({ weights }) => weights),
      kib('PB hits', ({ hits }) => hits),
      kib('off-chip', ({ bytes }) => bytes),
      { label: 'work', unit: 'MMAC', value: ({ macs }) => macs / 1e6 },
      { label: 'intensity', unit: 'MAC/B', value: ({ intensity }) => (intensity === null ? '' : intensity) },
      { label: 'energy', unit: 'µJ', value: ({ energy }) => energy / 1e6 },
    ],
  });
}
