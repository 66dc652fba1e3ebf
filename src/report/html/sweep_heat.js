// A sweep over two of its axes: a cell is the mean, least or greatest of a metric over the points there.

// "service_mean_us" in words with its unit.
function columnLabel(name) {
  if (name.includes('.')) return name; // a configuration key
  const unit = [
    ['_us', 'µs'],
    ['_uj_per_query', 'µJ / query'],
    ['_bytes_per_query', 'B / query'],
    ['_pj', 'pJ'],
    ['_mj', 'mJ'],
    ['_uj', 'µJ'],
    ['_percent', '%'],
    ['_kib', 'KiB'],
    ['_gbps', 'GB/s'],
    ['_mhz', 'MHz'],
    ['_bytes', 'B'],
    ['_ns', 'ns'],
  ].find(([end]) => name.endsWith(end));
  return unit ? `${words(name.slice(0, -unit[0].length))}, ${unit[1]}` : words(name);
}

// Distinct values in order: numbers by size, texts as they come.
function levels(values) {
  const distinct = [...new Set(values)];
  return distinct.every((value) => typeof value === 'number') ? distinct.sort((a, b) => a - b) : distinct;
}

// Axes that vary, and metrics that are numbers.
function sweepColumns(sweep) {
  const axes = Object.keys(sweep.axes).filter((name) => new Set(sweep.axes[name]).size > 1);
  const metrics = Object.keys(sweep.metrics).filter(
    (name) =>
      sweep.metrics[name].some((value) => typeof value === 'number') && new Set(sweep.metrics[name]).size > 1,
  );
  return { axes, metrics };
}

const AGGREGATES = { mean: d3.mean, least: d3.min, greatest: d3.max };

function heatFigure(grid, sweep, columns) {
  const { axes, metrics } = columns;
  if (axes.length === 0 || metrics.length === 0) return;
  const numeric = axes.filter((name) => typeof sweep.axes[name][0] === 'number');
  const state = {
    x: numeric[0] || axes[0],
    y: '',
    metric: metrics.find((name) => name === 'service_mean_us') || metrics[0],
    how: 'mean',
  };
  state.y = axes.find((name) => name !== state.x) || state.x;
  const set = (key) => (value) => {
    state[key] = value;
    figure.draw();
  };
  const names = (list) => list.map((name) => [name, name]);
  const cells = () => {
    const xs = levels(sweep.axes[state.x]);
    const ys = levels(sweep.axes[state.y]);
    const groups = d3.rollup(
      d3.range(sweep.index.length).filter((i) => typeof sweep.metrics[state.metric][i] === 'number'),
      (points) => ({
        value: AGGREGATES[state.how](points, (i) => sweep.metrics[state.metric][i]),
        count: points.length,
      }),
      (i) => sweep.axes[state.y][i],
      (i) => sweep.axes[state.x][i],
    );
    return { xs, ys, of: (x, y) => (groups.get(y) || new Map()).get(x) };
  };
  const figure = new Figure(grid, {
    id: 'sweep-heat',
    title: 'Heat map',
    wide: true,
    note: () => {
      const rest = axes.filter((name) => name !== state.x && name !== state.y);
      return rest.length > 0
        ? `Each cell is the ${state.how} over ${rest.join(', ')}.`
        : 'Each cell is one point.';
    },
    controls: [
      choice('Across', names(axes), state.x, set('x')),
      choice('Up', names(axes), state.y, set('y')),
      choice(
        'Metric',
        metrics.map((name) => [name, columnLabel(name)]),
        state.metric,
        set('metric'),
      ),
      choice('Of several points', names(Object.keys(AGGREGATES)), state.how, set('how')),
    ],
    describe: () => `${state.how} of ${columnLabel(state.metric)} over ${state.x} and ${state.y}.`,
    draw: (canvas) => drawHeat(canvas, cells(), state),
    data: () => {
      const { xs, ys, of } = cells();
      return {
        columns: [`${state.y} \\ ${state.x}`, ...xs.map(String)],
        rows: ys.map((y) => [y, ...xs.map((x) => (of(x, y) || {}).value)]),
      };
    },
  });
}

function drawHeat(canvas, { xs, ys, of }, { x: xName, y: yName, metric, how }) {
  const all = ys
    .flatMap((y) => xs.map((x) => of(x, y)))
    .filter(Boolean)
    .map(({ value }) => value);
  const [low, high] = d3.extent(all);
  const heat = heatScale(low, high);
  const top = heatLegend(canvas, heat, low, high, `${how} of ${columnLabel(metric)}`);
  const left = nameWidth(ys.map(String), canvas);
  const rowHeight = Math.max(16, Math.min(34, 420 / ys.length));
  const x = d3.scaleBand(xs.map(String), [0, 1]);
  const f = frame(canvas, {
    top,
    left,
    height: ys.length * rowHeight,
    xLabel: columnLabel(xName),
    yLabel: columnLabel(yName),
  });
  x.range([0, f.width]);
  rowNames(canvas, f.g, ys.map(String), (i) => (ys.length - 1 - i) * rowHeight + rowHeight / 2, left);
  const step = x.bandwidth();
  const every = Math.ceil((Math.max(...xs.map((value) => textWidth(String(value))), 10) * 1.2) / step);
  xs.forEach((value, i) => {
    if (i % every === 0)
      canvas.text(f.g, (i + 0.5) * step, f.height + 15, fitted(value, step * every + 8), {
        'text-anchor': 'middle',
      });
  });
  ys.forEach((yValue, row) =>
    xs.forEach((xValue, column) => {
      const cell = of(xValue, yValue);
      const [cx, cy] = [column * step, (ys.length - 1 - row) * rowHeight];
      if (!cell) return;
      const paint = heat(cell.value);
      f.g
        .append('rect')
        .attr('class', 'heat')
        .attr('x', cx + 0.5)
        .attr('y', cy + 0.5)
        .attr('width', Math.max(1, step - 1))
        .attr('height', rowHeight - 1)
        .attr('fill', paint);
      const text = number(cell.value);
      if (textWidth(text) < step - 6) {
        canvas.text(f.g, cx + step / 2, cy + rowHeight / 2, text, {
          'text-anchor': 'middle',
          dy: '0.35em',
          style: `fill: ${inkOn(paint)}`,
        });
      }
      canvas.mark(
        f.left + cx,
        f.top + cy,
        `${xName} ${xValue}\n${yName} ${yValue}\n${columnLabel(metric)}: ${text}${cell.count > 1 ? ` (${how} of ${cell.count})` : ''}`,
        { w: step, h: rowHeight },
      );
    }),
  );
  return f.bottom;
}

function heatLegend(canvas, heat, low, high, title) {
  const width = Math.min(240, canvas.width - 20);
  const steps = 48;
  canvas.text(canvas.svg, 0, 12, fitted(title, canvas.width), { class: 'axis-label' });
  for (let i = 0; i < steps; ++i) {
    canvas.svg
      .append('rect')
      .attr('x', (i * width) / steps)
      .attr('y', 20)
      .attr('width', width / steps + 0.5)
      .attr('height', 10)
      .attr('fill', heat(low + ((high - low) * i) / (steps - 1)));
  }
  canvas.text(canvas.svg, 0, 44, number(low));
  canvas.text(canvas.svg, width, 44, number(high), { 'text-anchor': 'end' });
  return 56;
}
