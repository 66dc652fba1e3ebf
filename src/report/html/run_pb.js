// What the Persistent Buffer held, what the SubNet used of it, and what had to be fetched.

// Bytes of a layer's rectangles: hit (cached and used), fetched (used alone), idle (cached alone).
function layerBytes(layer, cached, used) {
  const cell = layer.cell_bytes;
  const both = Math.min(cached[0], used[0]) * Math.min(cached[1], used[1]) * cell;
  return { hit: both, fetched: used[0] * used[1] * cell - both, idle: cached[0] * cached[1] * cell - both };
}

// Bytes of `wanted` that `held` lacks.
function missingBytes(layers, wanted, held) {
  return sum(layers.map((layer, i) => layerBytes(layer, held[i], wanted[i]).fetched));
}

// The stretches of the stream with one content; of a run without records its SubGraphs.
function pbContents(run) {
  const { model, queries } = run;
  const known = new Map(model.subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  if (!queries) return model.subgraphs.map((subgraph) => ({ subgraph, first: null, served: null }));
  return queries.contents
    .filter(([, , k]) => known.has(queries.subgraphs[k]))
    .map(([first, count, k, served]) => ({
      subgraph: known.get(queries.subgraphs[k]),
      first,
      count,
      served: Object.fromEntries(queries.subnets.map((name, s) => [name, served[s]])),
    }));
}

const PB_PARTS = [
  { key: 'hit', label: 'cached and used (PB hit)', k: 0 },
  { key: 'fetched', label: 'used, fetched from DRAM', k: 1 },
  { key: 'idle', label: 'cached, not used', k: 4 },
];

const pbView = { show: () => {} }; // moves the slider to a SubGraph cached within queries [from, to)

function pbSection(parent, run) {
  pbView.show = () => {};
  if (!run.model) return;
  const contents = pbContents(run);
  if (contents.length === 0) return;
  const { layers } = run.model;
  const grid = section(
    parent,
    'pb',
    'Persistent Buffer',
    'A decision that changes the PB begins a new position of the slider.',
  );
  const state = { position: 0, subnet: '' };
  const mostServed = ({ served }) =>
    served ? Object.entries(served).sort((a, b) => b[1] - a[1])[0][0] : run.model.subnets[0].name;
  // The first position has nothing cached; the second tells more.
  state.position = Math.min(1, contents.length - 1);
  const now = () => {
    const content = contents[state.position];
    const subnet =
      run.model.subnets.find(({ name }) => name === (state.subnet || mostServed(content))) ||
      run.model.subnets[0];
    const bytes = layers.map((layer, i) => layerBytes(layer, content.subgraph.rects[i], subnet.rects[i]));
    return { content, subnet, bytes };
  };
  const told = el('output', { class: 'told', 'aria-live': 'polite' });
  const slider = el('input', {
    type: 'range',
    min: 0,
    max: contents.length - 1,
    value: state.position,
    'aria-label': 'Decision',
    oninput: () => {
      state.position = Number(slider.value);
      redraw();
    },
  });
  const controls = el(
    'div',
    { class: 'controls wide', id: 'pb-controls' },
    el('label', { class: 'choice slider' }, el('span', {}, run.queries ? 'Decision' : 'SubGraph'), slider),
    choice(
      'SubNet',
      [['', 'most served'], ...run.model.subnets.map(({ name }) => [name, name])],
      '',
      (value) => {
        state.subnet = value;
        redraw();
      },
    ),
    told,
  );
  grid.append(controls);
  const data = () => {
    const { content, subnet, bytes } = now();
    return {
      columns: [
        'layer',
        'cached kernels',
        'cached channels',
        'used kernels',
        'used channels',
        'hit (B)',
        'fetched (B)',
        'cached, not used (B)',
      ],
      rows: layers.map((layer, i) => [
        layer.name,
        ...content.subgraph.rects[i],
        ...subnet.rects[i],
        bytes[i].hit,
        bytes[i].fetched,
        bytes[i].idle,
      ]),
    };
  };
  const map = new Figure(grid, {
    id: 'pb-map',
    title: 'PB content by layer',
    wide: true,
    note:
      'A square is a whole SuperNet layer: all its kernels high, ' +
      'all its channels wide. A SubNet and a SubGraph take the first of each, from the lower left. Layers that are never cached (the classifier) are left out.',
    describe: () => told.textContent,
    draw: (canvas) => pbMap(canvas, layers, now()),
    data,
  });
  const bars = new Figure(grid, {
    id: 'pb-bytes',
    title: 'Weight bytes by layer',
    wide: true,
    note: '',
    describe: () => told.textContent,
    draw: (canvas) => {
      const { bytes } = now();
      const columns = layers.map((layer, i) => ({
        name: layer.name,
        values: PB_PARTS.map(({ key }) => bytes[i][key]),
      }));
      return stackedColumns(canvas, {
        columns,
        parts: PB_PARTS,
        unit: unitFor(
          'bytes',
          d3.max(columns, ({ values }) => sum(values)),
        ),
        yLabel: 'weights',
        xLabel: 'SuperNet layer',
        height: 180,
      });
    },
    data,
  });
  function tell() {
    const { content, subnet, bytes } = now();
    const total = (key) => quantity('bytes', sum(bytes.map((layer) => layer[key])));
    const before =
      state.position > 0 ? contents[state.position - 1].subgraph.rects : layers.map(() => [0, 0]);
    const where =
      content.first === null
        ? ''
        : `${state.position + 1} of ${contents.length}: ${span(content.first, content.first + content.count)}. `;
    const swap =
      run.queries && state.position > 0
        ? ` The swap fetched ${quantity('bytes', missingBytes(layers, content.subgraph.rects, before))}.`
        : '';
    const served = content.served ? ` (served ${number(content.served[subnet.name] || 0)})` : '';
    told.textContent =
      `${where}SubGraph ${content.subgraph.name}, ${quantity('bytes', content.subgraph.bytes)}.${swap} SubNet ${subnet.name}${served}: ` +
      `${total('hit')} from the PB, ${total('fetched')} fetched, ${total('idle')} cached but not used.`;
    slider.setAttribute('aria-valuetext', told.textContent);
  }
  function redraw() {
    tell();
    map.draw();
    bars.draw();
  }
  tell();
  pbView.show = (name, from, to) => {
    const found = contents.findIndex(
      ({ subgraph, first, count }) => subgraph.name === name && first < to && first + count > from,
    );
    if (found < 0) return;
    state.position = found;
    slider.value = state.position;
    redraw();
    document.getElementById('pb').scrollIntoView();
    slider.focus({ preventScroll: true });
  };
}

// Layers in rows by the first part of their names; each a square with its rectangles.
function pbMap(canvas, layers, { content, subnet, bytes }) {
  const groups = d3.groups(
    layers.map((layer, i) => ({ layer, i })).filter(({ layer }) => layer.cacheable !== false),
    ({ layer }) => layer.name.split('.')[0],
  );
  const size = canvas.narrow ? 26 : 48;
  const left = nameWidth(
    groups.map(([name]) => name),
    canvas,
  );
  const across = Math.max(1, Math.floor((canvas.width - left) / (size + 7)));
  let y = canvas.legend([...PB_PARTS, { label: 'rest of the SuperNet', paint: 'var(--empty)' }], 0, 0) + 4;
  for (const [name, members] of groups) {
    canvas.text(canvas.svg, left - 8, y + size / 2, fitted(name, left - 10), {
      'text-anchor': 'end',
      dy: '0.35em',
    });
    members.forEach((member, n) => {
      const cellX = left + (n % across) * (size + 7);
      const cellY = y + Math.floor(n / across) * (size + 7);
      pbCell(canvas, cellX, cellY, size, member, { content, subnet, bytes });
    });
    y += Math.ceil(members.length / across) * (size + 7) + 6;
  }
  return y;
}

function pbCell(canvas, x, y, size, { layer, i }, { content, subnet, bytes }) {
  const cached = content.subgraph.rects[i];
  const used = subnet.rects[i];
  const g = canvas.svg.append('g').attr('transform', `translate(${x},${y})`);
  g.append('rect')
    .attr('width', size)
    .attr('height', size)
    .attr('fill', 'var(--empty)')
    .attr('class', 'cell');
  const part = ([kernels, channels], k) => {
    const w = (size * channels) / layer.channels;
    const h = (size * kernels) / layer.kernels;
    if (w > 0 && h > 0)
      g.append('rect')
        .attr('y', size - h)
        .attr('width', w)
        .attr('height', h)
        .attr('fill', canvas.fill(k))
        .attr('class', 'bar');
  };
  part(used, 1);
  part(cached, 4);
  part([Math.min(cached[0], used[0]), Math.min(cached[1], used[1])], 0);
  const { hit, fetched, idle } = bytes[i];
  // Of depthwise kernels that others are cut from, taps take the place of channels.
  const wide = layer.depthwise && layer.cell_bytes === 1 ? 'taps' : 'channels';
  canvas.mark(
    x,
    y,
    `${layer.name}, ${layer.kernel_h} × ${layer.kernel_w}: ${layer.kernels} kernels × ${layer.channels} ${wide}\n` +
      `cached ${cached.join(' × ')}, used ${used.join(' × ')}\n` +
      `hit ${quantity('bytes', hit)}, fetched ${quantity('bytes', fetched)}, idle ${quantity('bytes', idle)}`,
    { w: size, h: size },
  );
}
