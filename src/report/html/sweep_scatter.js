// A sweep's points over two columns, with the Pareto front of both, a brush, and the configuration of a point.

// Indices of the points that none is better than in both; `signs`: 1 where less is better, -1 where more is.
function paretoFront(xs, ys, signs) {
  const order = d3
    .range(xs.length)
    .filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]))
    .sort((a, b) => signs[0] * (xs[a] - xs[b]) || signs[1] * (ys[a] - ys[b]));
  const front = [];
  let best = Infinity;
  for (const i of order) {
    if (signs[1] * ys[i] < best) {
      best = signs[1] * ys[i];
      front.push(i);
    }
  }
  return front;
}

function moreIsBetter(name) {
  return /accuracy_percent|top1|saved|hit|attainment|throughput|utili[sz]ation/.test(name);
}

class SweepScatter {
  constructor(grid, sweep, { axes, metrics }) {
    this.sweep = sweep;
    this.axes = axes;
    const columns = [...metrics, ...axes.filter((name) => typeof sweep.axes[name][0] === 'number')];
    const pick = (names, but) =>
      names.find((name) => columns.includes(name) && name !== but) ||
      columns.find((name) => name !== but) ||
      columns[0];
    const x = pick(['service_mean_us']);
    const y = pick(['energy_uj_per_query', 'off_chip_energy_uj_per_query', 'served_accuracy_percent'], x);
    this.state = {
      x,
      y,
      goalX: moreIsBetter(x) ? 'more' : 'less',
      goalY: moreIsBetter(y) ? 'more' : 'less',
      by: axes[0] || '',
    };
    this.brushed = null;
    this.chosen = null;
    const set = (key) => (value) => {
      this.state[key] = value;
      this.brushed = null;
      this.draw();
    };
    const choices = columns.map((name) => [name, columnLabel(name)]);
    const goals = [
      ['less', 'less is better'],
      ['more', 'more is better'],
    ];
    this.ranges = el('div', { class: 'ranges' });
    this.figure = new Figure(grid, {
      id: 'sweep-pareto',
      title: 'Pareto scatter',
      wide: true,
      interactive: true,
      note: () =>
        `${this.front().length} of ${number(sweep.index.length)} points are on the front. Drag a rectangle, or type ranges, to keep some points; ` +
        'click one, or press Enter on it, for its configuration.',
      controls: [
        choice('Across', choices, x, set('x')),
        choice('Goal across', goals, this.state.goalX, set('goalX')),
        choice('Up', choices, y, set('y')),
        choice('Goal up', goals, this.state.goalY, set('goalY')),
        choice('Colour', [['', 'none'], ...axes.map((name) => [name, name])], this.state.by, set('by')),
        this.ranges,
      ],
      describe: () => `${columnLabel(this.state.y)} over ${columnLabel(this.state.x)}.`,
      draw: (canvas) => this.drawScatter(canvas),
      data: () => this.data(),
    });
    this.detail = el('div', { class: 'chart wide detail', 'aria-live': 'polite' });
    this.tables = el('div', { class: 'wide' });
    grid.append(this.detail, this.tables);
    this.fillDetail();
  }

  column(name) {
    return this.sweep.metrics[name] || this.sweep.axes[name];
  }

  front() {
    const sign = (goal) => (goal === 'less' ? 1 : -1);
    return paretoFront(this.column(this.state.x), this.column(this.state.y), [
      sign(this.state.goalX),
      sign(this.state.goalY),
    ]);
  }

  kept(i) {
    const inside = ([low, high], value) => value >= low && value <= high;
    return (
      !this.brushed ||
      (inside(this.brushed.x, this.column(this.state.x)[i]) &&
        inside(this.brushed.y, this.column(this.state.y)[i]))
    );
  }

  draw() {
    this.figure.draw();
    this.fillBeside();
  }

  fillBeside() {
    this.fillRanges();
    this.fillTable();
  }

  drawScatter(canvas) {
    const { state, sweep } = this;
    const [xs, ys] = [this.column(state.x), this.column(state.y)];
    const groups = state.by ? levels(sweep.axes[state.by]) : [];
    // Many numbers are a scale, few of them or texts are series.
    const heat =
      groups.length > SERIES && typeof groups[0] === 'number'
        ? heatScale(groups[0], groups[groups.length - 1])
        : null;
    const group = (i) => (state.by && !heat ? groups.indexOf(sweep.axes[state.by][i]) : 0);
    const front = this.front();
    const onFront = new Set(front);
    const scaleBottom = heat ? heatLegend(canvas, heat, groups[0], groups[groups.length - 1], state.by) : 0;
    const legend = heat
      ? []
      : groups.length > 12
        ? [{ label: `${state.by}: ${groups.length} values, coloured in turn`, k: 0, kind: 'shape' }]
        : groups.map((value, k) => ({
            label: groups.length > 0 ? `${k === 0 ? `${state.by}: ` : ''}${value}` : '',
            k,
            kind: 'shape',
          }));
    const top = canvas.legend(
      [...legend, { label: 'Pareto front', k: 0, kind: 'line', paint: 'var(--ink)' }],
      0,
      scaleBottom,
    );
    const x = linear(xs.filter(Number.isFinite));
    const y = linear(ys.filter(Number.isFinite));
    const order = d3
      .range(sweep.index.length)
      .filter((i) => Number.isFinite(xs[i]) && Number.isFinite(ys[i]))
      .sort((a, b) => onFront.has(a) - onFront.has(b) || a - b);
    const f = scatter(canvas, {
      x,
      y,
      top,
      height: canvas.narrow ? 280 : 380,
      left: 66,
      xLabel: columnLabel(state.x),
      yLabel: columnLabel(state.y),
      under: (frame_) =>
        frame_.g
          .append('path')
          .attr('class', 'line front')
          .attr(
            'd',
            d3
              .line()
              .x((i) => x(xs[i]))
              .y((i) => y(ys[i]))
              .curve(d3.curveStepAfter)(front),
          ),
      points: order.map((i) => ({
        x: xs[i],
        y: ys[i],
        k: group(i),
        paint: heat ? heat(sweep.axes[state.by][i]) : null,
        outline: heat ? 'var(--muted)' : null,
        size: i === this.chosen ? 150 : onFront.has(i) ? 80 : 30,
        faint: !this.kept(i),
        text: `Point ${sweep.index[i]}${onFront.has(i) ? ', on the front' : ''}\n${columnLabel(state.x)}: ${number(xs[i])}\n${columnLabel(state.y)}: ${number(ys[i])}\n${this.axes
          .map((name) => `${name}: ${sweep.axes[name][i]}`)
          .join('\n')}`,
        select: () => this.choose(i),
      })),
    });
    addBrush(canvas, f, x, y, this.brushed, (range) => {
      this.brushed = range;
      this.draw();
    });
    return f.bottom;
  }

  choose(i) {
    this.chosen = i;
    this.fillDetail();
    this.figure.draw();
  }

  // What the brush does, for those without a pointer.
  fillRanges() {
    const input = (axis, end, label) =>
      el('input', {
        type: 'number',
        step: 'any',
        'aria-label': label,
        placeholder: label,
        value: this.brushed ? Number(this.brushed[axis][end].toPrecision(6)) : null,
        onchange: (event) => {
          const brushed = this.brushed || { x: [-Infinity, Infinity], y: [-Infinity, Infinity] };
          const value = Number(event.target.value);
          brushed[axis][end] = event.target.value === '' ? [-Infinity, Infinity][end] : value;
          this.brushed = { x: this.finite('x', brushed.x), y: this.finite('y', brushed.y) };
          this.draw();
        },
      });
    this.ranges.replaceChildren(
      el('span', {}, 'Across'),
      input('x', 0, 'from'),
      input('x', 1, 'to'),
      el('span', {}, 'Up'),
      input('y', 0, 'from'),
      input('y', 1, 'to'),
      el(
        'button',
        {
          type: 'button',
          onclick: () => {
            this.brushed = null;
            this.draw();
          },
        },
        'All points',
      ),
    );
  }

  finite(axis, [low, high]) {
    const [least, greatest] = d3.extent(this.column(this.state[axis]).filter(Number.isFinite));
    return [Number.isFinite(low) ? low : least, Number.isFinite(high) ? high : greatest];
  }

  fillDetail() {
    const { sweep, chosen } = this;
    if (chosen === null) {
      this.detail.replaceChildren(
        el('h3', {}, 'A point’s configuration'),
        el('p', { class: 'note' }, 'No point is chosen.'),
      );
      return;
    }
    const cells = (table) =>
      Object.keys(table).map((name) => [
        name,
        typeof table[name][chosen] === 'number' ? number(table[name][chosen]) : table[name][chosen],
      ]);
    this.detail.replaceChildren(
      el('h3', {}, `Point ${sweep.index[chosen]} (${String(sweep.id[chosen]).slice(0, 8)})`),
      el('h4', {}, 'Configuration'),
      facts(cells(sweep.axes)),
      el('h4', {}, 'Metrics'),
      facts(cells(sweep.metrics)),
    );
  }

  columnsShown() {
    return [...new Set([...this.axes, this.state.x, this.state.y])];
  }

  data() {
    const names = this.columnsShown();
    const onFront = new Set(this.front());
    return {
      columns: ['point', 'id', 'on the front', ...names],
      rows: d3
        .range(this.sweep.index.length)
        .filter((i) => this.kept(i))
        .map((i) => [
          this.sweep.index[i],
          this.sweep.id[i],
          onFront.has(i) ? 1 : 0,
          ...names.map((name) => this.column(name)[i]),
        ]),
    };
  }

  fillTable() {
    this.tables.replaceChildren();
    const onFront = new Set(this.front());
    const rows = d3
      .range(this.sweep.index.length)
      .filter((i) => this.kept(i))
      .map((i) => ({ i }));
    rows.sort((a, b) => onFront.has(b.i) - onFront.has(a.i));
    sortableTable(this.tables, {
      id: 'sweep-table',
      title: `${number(rows.length)} points${this.brushed ? ' in the rectangle' : ''}, the front first`,
      rows,
      limit: 200,
      columns: [
        { label: 'point', value: ({ i }) => this.sweep.index[i], click: ({ i }) => this.choose(i) },
        {
          label: 'front',
          value: ({ i }) => (onFront.has(i) ? 'yes' : ''),
          text: ({ i }) => (onFront.has(i) ? 'yes' : ''),
        },
        ...this.columnsShown().map((name) => ({
          label: columnLabel(name),
          value: ({ i }) => this.column(name)[i],
        })),
      ],
    });
  }
}

function sweepView(parent, sweep) {
  const total = `${number(sweep.points)} points with a result, ${number(sweep.failed)} failed, ${number(sweep.missing)} missing.`;
  const thinned =
    sweep.per_point > 1
      ? ` The page holds each ${sweep.per_point}th point in plan order (${number(sweep.index.length)}).`
      : '';
  const grid = section(parent, 'sweep', 'Sweep', total + thinned);
  const columns = sweepColumns(sweep);
  if (columns.metrics.length === 0) {
    grid.append(
      el(
        'p',
        { class: 'wide missing', role: 'note' },
        'No metric differs between the points: there is nothing to draw.',
      ),
    );
    return null;
  }
  heatFigure(grid, sweep, columns);
  return new SweepScatter(grid, sweep, columns);
}
