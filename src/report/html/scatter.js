// Points, and a rectangle over them that a pointer draws.

// points: [{x, y, k, paint, outline, hollow, size, label, text, select, faint}] in the scales' numbers
function scatter(
  canvas,
  { points, x, y, xLabel, yLabel, top = 0, height = 280, left = 58, under = null, xTicks, yTicks },
) {
  const f = frame(canvas, { x, y, xLabel, yLabel, top, height, left, grid: 'xy', xTicks, yTicks });
  if (under) under(f);
  for (const point of points) {
    const paint = point.paint || colour(point.k);
    f.g
      .append('path')
      .attr('class', 'point')
      .attr('d', shape(point.k, point.size || 64))
      .attr('transform', `translate(${x(point.x)},${y(point.y)})`)
      .attr('fill', point.hollow ? 'var(--surface)' : paint)
      .attr('stroke', point.hollow ? paint : point.outline || 'var(--surface)')
      .attr('stroke-width', point.hollow ? 1.5 : 0.7)
      .attr('opacity', point.faint ? 0.25 : null);
    canvas.mark(f.left + x(point.x), f.top + y(point.y), point.text, { select: point.select });
  }
  labelPoints(
    canvas,
    f,
    points.filter((point) => point.label).map((point) => ({ ...point, px: x(point.x), py: y(point.y) })),
  );
  return f;
}

// Beside each point its label, where it covers neither another label nor the frame.
function labelPoints(canvas, f, points) {
  const taken = points.map(({ px, py }) => [px - 6, py - 6, px + 6, py + 6]);
  for (const { px, py, label } of points) {
    const w = textWidth(label, `600 ${FONT}`) + 2;
    const places = [
      [px + 9, py + 4],
      [px - 9 - w, py + 4],
      [px - w / 2, py - 10],
      [px - w / 2, py + 19],
    ];
    const place = places.find(
      ([lx, ly]) =>
        lx >= 0 &&
        lx + w <= f.width &&
        ly > 8 &&
        ly < f.height &&
        taken.every(([x0, y0, x1, y1]) => lx + w < x0 || lx > x1 || ly < y0 || ly - 11 > y1),
    );
    if (!place) continue;
    canvas.text(f.g, place[0], place[1], label, { class: 'point-label' });
    taken.push([place[0], place[1] - 11, place[0] + w, place[1]]);
  }
}

// Lets a pointer drag a rectangle over the frame; `done` gets {x: [low, high], y: [low, high]}, or null for a click.
function addBrush(canvas, f, x, y, brushed, done) {
  const rect = f.g.append('rect').attr('class', 'brush');
  const place = ([x0, y0, x1, y1]) =>
    rect
      .attr('x', Math.min(x0, x1))
      .attr('y', Math.min(y0, y1))
      .attr('width', Math.abs(x1 - x0))
      .attr('height', Math.abs(y1 - y0));
  if (brushed) place([x(brushed.x[0]), y(brushed.y[0]), x(brushed.x[1]), y(brushed.y[1])]);
  const node = canvas.svg.node();
  const inside = (event) => {
    const [px, py] = d3.pointer(event, node);
    return [Math.max(0, Math.min(f.width, px - f.left)), Math.max(0, Math.min(f.height, py - f.top))];
  };
  let from = null;
  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = inside(event);
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener('pointermove', (event) => {
    if (from) place([...from, ...inside(event)]);
  });
  node.addEventListener('pointerup', (event) => {
    if (!from) return;
    const to = inside(event);
    const drawn = Math.abs(to[0] - from[0]) > 5 && Math.abs(to[1] - from[1]) > 5;
    const range = (scale, a, b) => [a, b].map((p) => scale.invert(p)).sort((p, q) => p - q);
    const result = drawn ? { x: range(x, from[0], to[0]), y: range(y, from[1], to[1]) } : null;
    from = null;
    if (result) done(result);
  });
}
