// Axes with labels and units, and the frame that charts are drawn in.

// options: x, y scales without range; xLabel, yLabel; height of the plot area; left margin; y/x tick formats.
// Returns {g, width, height, bottom}: a group whose origin is the plot area's upper left, and the y below the axis.
function frame(canvas, options) {
  const {
    x,
    y,
    xLabel,
    yLabel,
    height = 240,
    top = 8,
    left = 54,
    right = 14,
    xTicks,
    yTicks,
    grid = 'y',
  } = options;
  const reach =
    x && x.ticks
      ? Math.max(
          ...x
            .ticks(5)
            .slice(-1)
            .map((v) => textWidth(tickText(v)) / 2),
          right,
        )
      : right;
  const width = Math.max(80, canvas.width - left - reach - 2);
  const labelled = yLabel ? top + 22 : top;
  const g = canvas.svg.append('g').attr('transform', `translate(${left},${labelled})`);
  if (x) x.range([0, width]);
  if (y) y.range([height, 0]);
  if (y && y.ticks && grid.includes('y')) {
    g.append('g')
      .attr('class', 'gridlines')
      .selectAll('line')
      .data(tickValues(y, 5))
      .join('line')
      .attr('x2', width)
      .attr('y1', (v) => y(v))
      .attr('y2', (v) => y(v));
  }
  if (x && x.ticks && grid.includes('x')) {
    g.append('g')
      .attr('class', 'gridlines')
      .selectAll('line')
      .data(tickValues(x, width / 80))
      .join('line')
      .attr('y2', height)
      .attr('x1', (v) => x(v))
      .attr('x2', (v) => x(v));
  }
  if (y) addAxis(g, d3.axisLeft(y), y, 5, yTicks);
  if (x)
    addAxis(
      g.append('g').attr('transform', `translate(0,${height})`),
      d3.axisBottom(x),
      x,
      Math.max(2, width / 80),
      xTicks,
    );
  if (yLabel)
    canvas.text(canvas.svg, Math.min(left, 8), top + 10, fitted(yLabel, canvas.width - 12), {
      class: 'axis-label',
    });
  if (xLabel) {
    canvas.text(g, width, height + 36, fitted(xLabel, canvas.width - right), {
      class: 'axis-label',
      'text-anchor': 'end',
    });
  }
  return { g, width, height, left, top: labelled, bottom: labelled + height + (xLabel ? 46 : 28) };
}

function addAxis(g, axis, scale, count, format) {
  axis.tickSizeOuter(0).tickSize(4).tickPadding(5);
  if (scale.ticks) axis.tickValues(tickValues(scale, count));
  axis.tickFormat(format || (scale.ticks ? tickText : (v) => v));
  g.append('g').attr('class', 'axis').call(axis).attr('font-family', null).attr('font-size', null);
}

// Of a logarithmic scale only powers of ten, or 1, 2, 5 where these are few.
function tickValues(scale, count) {
  const ticks = scale.ticks(Math.max(2, Math.round(count)));
  if (!scale.base) return ticks;
  const of = (digits) =>
    ticks.filter((v) => digits.includes(Number((v / 10 ** Math.floor(Math.log10(v) + 1e-9)).toFixed(3))));
  const powers = of([1]);
  return powers.length > 2 ? powers : of([1, 2, 5]);
}

// A linear scale over values with some room, from zero where zero is near.
function linear(values, { zero = false, room = 0.05 } = {}) {
  let [low, high] = d3.extent(values);
  if (low === undefined) [low, high] = [0, 1];
  if (zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (low === high)
    [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.05, high + Math.abs(high) * 0.05];
  const pad = (high - low) * room;
  // What is never negative has no negative ticks: room ends at zero.
  const bottom = low >= 0 ? Math.max(0, low - pad) : low - pad;
  return d3.scaleLinear([bottom, high + pad], [0, 1]).nice(5);
}
