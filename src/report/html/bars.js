// Bars: lying groups, lying stacks, standing stacks.

// Room for row names at the left, at most a third of the chart.
function nameWidth(names, canvas) {
  return Math.min(
    Math.max(...names.map((name) => textWidth(name)), 20) + 14,
    canvas.width / (canvas.narrow ? 3 : 4),
  );
}

function rowNames(canvas, g, names, y, left) {
  names.forEach((name, i) => {
    canvas.text(g, -8, y(i), fitted(name, left - 12), { 'text-anchor': 'end', dy: '0.35em' });
  });
}

// A frame with a row of `step` for each of `rows`, named at the left.
function rowFrame(canvas, rows, step, { x, xLabel, right, top }) {
  const names = rows.map((row) => row.name);
  const left = nameWidth(names, canvas);
  const f = frame(canvas, { x, xLabel, left, right, top, height: rows.length * step, grid: 'x' });
  rowNames(canvas, f.g, names, (i) => i * step + step / 2, left);
  return f;
}

// rows: [{name, values: [a number or null for each of series]}], series: names, unit: of the values, xLabel.
function groupedBars(canvas, { rows, series, unit, xLabel, first = 0 }) {
  const bar = rows.length * series.length > 40 ? 8 : 12;
  const step = bar * series.length + 10;
  const top =
    series.length > 1
      ? canvas.legend(
          series.map((label, k) => ({ label, k: k + first })),
          0,
          0,
        )
      : 0;
  const largest = d3.max(rows.flatMap((row) => row.values)) || 1;
  const x = d3.scaleLinear([0, largest / unit.divide], [0, 1]).nice(5);
  const f = rowFrame(canvas, rows, step, {
    x,
    xLabel: `${xLabel}, ${unit.name}`,
    right: 62,
    top,
  });
  rows.forEach((row, i) =>
    row.values.forEach((value, k) => {
      const y = i * step + 5 + k * bar;
      const w = value === null ? 0 : Math.max(0, x(unit.of(value)));
      f.g
        .append('rect')
        .attr('class', 'bar')
        .attr('x', 0)
        .attr('y', y)
        .attr('width', w)
        .attr('height', bar - 1)
        .attr('fill', canvas.fill(k + first));
      canvas.text(f.g, w + 5, y + bar / 2, value === null ? '–' : number(unit.of(value)), {
        class: 'value',
        dy: '0.32em',
      });
      canvas.mark(
        f.left,
        f.top + y,
        `${row.name}${series.length > 1 ? `, ${series[k]}` : ''}: ${value === null ? 'not known' : unit.text(value)}`,
        { w: Math.max(w, 2), h: bar - 1 },
      );
    }),
  );
  return f.bottom;
}

// rows: [{name, values: [number for each of parts]}]; parts: [{label, k, paint}]; unit, or none for shares of each
// row's sum.
function stackedBars(canvas, { rows, parts, unit = null, kind, xLabel }) {
  const seen = parts
    .map((part, index) => ({ ...part, index }))
    .filter(({ index }) => rows.some((row) => row.values[index] > 0));
  const top = canvas.legend(seen, 0, 0);
  const step = 34;
  const totals = rows.map((row) => sum(row.values.filter((value) => value !== null)));
  const x = d3.scaleLinear([0, unit ? d3.max(totals) / unit.divide || 1 : 100], [0, 1]).nice(5);
  const f = rowFrame(canvas, rows, step, {
    x,
    xLabel: unit ? `${xLabel}, ${unit.name}` : `${xLabel}, %`,
    right: unit ? 62 : 14,
    top,
  });
  rows.forEach((row, i) => {
    let at = 0;
    for (const { label, k, paint, index } of seen) {
      const value = row.values[index] || 0;
      const next = at + (unit ? unit.of(value) : totals[i] ? (100 * value) / totals[i] : 0);
      const w = x(next) - x(at);
      f.g
        .append('rect')
        .attr('class', 'bar')
        .attr('x', x(at))
        .attr('y', i * step + 5)
        .attr('width', Math.max(0, w))
        .attr('height', step - 10)
        .attr('fill', paint || canvas.fill(k));
      if (value > 0) {
        canvas.mark(
          f.left + x(at),
          f.top + i * step + 5,
          `${row.name}, ${label}: ${quantity(kind, value)} (${percent(value, totals[i])})`,
          { w, h: step - 10 },
        );
      }
      at = next;
    }
    if (unit)
      canvas.text(f.g, x(at) + 5, i * step + step / 2, number(unit.of(totals[i])), {
        class: 'value',
        dy: '0.35em',
      });
  });
  return f.bottom;
}

// Standing: columns: [{name, values}], drawn in order of parts; k: which series' fill a part has.
function stackedColumns(canvas, { columns, parts, unit, yLabel, xLabel, height = 230 }) {
  const seen = parts.filter((part, i) => columns.some((column) => column.values[i] > 0));
  const top = canvas.legend(
    seen.map(({ label, k }) => ({ label, k })),
    0,
    0,
  );
  const totals = columns.map((column) => sum(column.values));
  const y = d3.scaleLinear([0, d3.max(totals) / unit.divide || 1], [1, 0]).nice(5);
  const x = d3.scaleLinear([0, columns.length], [0, 1]);
  const f = frame(canvas, {
    x,
    y,
    xLabel,
    yLabel: `${yLabel}, ${unit.name}`,
    top,
    height,
    xTicks: (v) => (Number.isInteger(v) ? v : ''),
  });
  const step = f.width / columns.length;
  const gap = step > 6 ? 2 : step > 3 ? 1 : 0;
  columns.forEach((column, i) => {
    let at = 0;
    parts.forEach(({ k }, part) => {
      const next = at + unit.of(column.values[part]);
      if (next > at) {
        f.g
          .append('rect')
          .attr('class', 'bar')
          .attr('x', i * step + gap / 2)
          .attr('width', Math.max(0.5, step - gap))
          .attr('y', y(next))
          .attr('height', Math.max(0, y(at) - y(next)))
          .attr('fill', canvas.fill(k));
      }
      at = next;
    });
    const lines = parts
      .map(({ label }, part) => [label, column.values[part]])
      .filter(([, value]) => value > 0)
      .map(([label, value]) => `${label}: ${unit.text(value)}`);
    canvas.mark(f.left + i * step, f.top + y(at), [column.name, ...lines].join('\n'), {
      w: step,
      h: f.height - y(at),
    });
  });
  return f.bottom;
}
