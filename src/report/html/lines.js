// Lines, bands, histograms and strips over a stream.

// series: [{label, k, points: [[x, y]], step}], with scales x and y. Marks at `markEvery`-th points of each.
function lineChart(
  canvas,
  { series, x, y, xLabel, yLabel, height = 240, band = null, textOf, markEvery = 1 },
) {
  const top = canvas.legend(
    [
      ...(band ? [{ label: band.label, paint: 'var(--band)' }] : []),
      ...series.map(({ label, k }) => ({ label, k, kind: 'line' })),
    ],
    0,
    0,
  );
  const f = frame(canvas, { x, y, xLabel, yLabel, top, height, left: 58 });
  if (band) {
    const area = d3
      .area()
      .x(([v]) => x(v))
      .y0(([, low]) => y(low))
      .y1(([, , high]) => y(high))
      .curve(d3.curveStepAfter);
    f.g.append('path').attr('d', area(band.points)).attr('fill', 'var(--band)').attr('stroke', 'none');
  }
  series.forEach(({ label, k, points, step }) => {
    const line = d3
      .line()
      .x(([v]) => x(v))
      .y(([, v]) => y(v));
    if (step) line.curve(d3.curveStepAfter);
    f.g
      .append('path')
      .attr('class', 'line')
      .attr('d', line(points))
      .attr('stroke', colour(k))
      .attr('stroke-dasharray', DASHES[k % DASHES.length]);
    points.forEach(([vx, vy], i) => {
      if (i % markEvery === 0) canvas.mark(f.left + x(vx), f.top + y(vy), textOf(label, vx, vy));
    });
  });
  return f.bottom;
}

// bins: {from, to, counts: [a series: [a bin]]}; series: [{label, k, index: of its counts}]
function histogram(canvas, { bins, series, unit, xLabel, yLabel }) {
  const count = bins.counts[0].length;
  const totals = d3.range(count).map((i) => sum(bins.counts.map((counts) => counts[i])));
  const [from, to] =
    bins.from === bins.to
      ? [bins.from - 0.5 * unit.divide, bins.to + 0.5 * unit.divide]
      : [bins.from, bins.to];
  const top = canvas.legend(series, 0, 0);
  const x = d3.scaleLinear([unit.of(from), unit.of(to)], [0, 1]);
  const y = d3.scaleLinear([0, d3.max(totals)], [1, 0]).nice(5);
  const f = frame(canvas, { x, y, xLabel: `${xLabel}, ${unit.name}`, yLabel, top, left: 58 });
  const all = sum(totals);
  const width = f.width / count;
  totals.forEach((queries, i) => {
    if (queries === 0) return;
    const [low, high] = [i, i + 1].map((edge) => bins.from + ((bins.to - bins.from) * edge) / count);
    let below = 0;
    const lines = [];
    series.forEach(({ label, k, index }) => {
      const part = bins.counts[index][i];
      if (part === 0) return;
      f.g
        .append('rect')
        .attr('class', 'bar')
        .attr('x', i * width)
        .attr('width', Math.max(1, width - 1))
        .attr('y', y(below + part))
        .attr('height', y(below) - y(below + part))
        .attr('fill', canvas.fill(k));
      below += part;
      lines.push(`${label}: ${number(part)}`);
    });
    canvas.mark(
      f.left + i * width,
      f.top + y(queries),
      `${number(unit.of(low))} to ${unit.text(high)}: ${number(queries)} queries (${percent(queries, all)})\n${lines.join('\n')}`,
      { w: width, h: f.height - y(queries) },
    );
  });
  return f.bottom;
}

// Bins in a row with equal shares as one.
function equalRuns(shares) {
  const runs = [];
  shares.forEach((share, bin) => {
    const last = runs[runs.length - 1];
    if (last && last.share === share) last.to = bin + 1;
    else runs.push({ share, from: bin, to: bin + 1 });
  });
  return runs;
}

// A row a name, and along it how large the share of each bin is: the darker the larger.
// rows: [{name, k, shares: [0 … 1 a bin]}]; x: scale of queries; edges: of the bins; y: where the rows begin
function shareStrip(
  canvas,
  { rows, x, edges, top, title, left, rowHeight = 20, xLabel = null, textOf, select = null },
) {
  const height = rows.length * rowHeight;
  const f = frame(canvas, { x, top: top + 18, left, height, xLabel, grid: '' });
  canvas.text(canvas.svg, 0, top + 10, title, { class: 'axis-label' });
  rows.forEach((row, i) => {
    f.g
      .append('line')
      .attr('class', 'gridline')
      .attr('x2', f.width)
      .attr('y1', (i + 1) * rowHeight)
      .attr('y2', (i + 1) * rowHeight);
    canvas.text(f.g, -8, i * rowHeight + rowHeight / 2, fitted(row.name, left - 12), {
      'text-anchor': 'end',
      dy: '0.35em',
    });
    const g = f.g.append('g').attr('fill', colour(row.k));
    equalRuns(row.shares).forEach(({ share, from, to }) => {
      if (!(share > 0)) return;
      const [x0, x1] = [x(edges[from]), x(edges[to])];
      g.append('rect')
        .attr('x', x0)
        .attr('width', Math.max(0.6, x1 - x0))
        .attr('y', i * rowHeight + 2)
        .attr('height', rowHeight - 3)
        .attr('fill-opacity', 0.25 + 0.75 * share);
      canvas.mark(f.left + x0, f.top + i * rowHeight + 2, textOf(row.name, edges[from], edges[to], share), {
        w: Math.max(1, x1 - x0),
        h: rowHeight - 3,
        select: select ? () => select(row.name, edges[from], edges[to]) : null,
      });
    });
  });
  return f.bottom;
}
