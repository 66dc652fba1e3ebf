// Roofline: what array and memory allow, and where the layers are with and without SGS.

function rooflineFigure(parent, run, rows, pair) {
  const peak = at(run, 'model/peak');
  if (!peak) return;
  const most = (peak.macs_per_cycle * peak.clock_mhz) / 1e3; // GMAC/s
  const shown = rows.filter(({ macs, intensity }) => macs > 0 && intensity > 0);
  if (shown.length === 0) return;
  const roofs = [
    { label: 'memory', gbps: peak.dram_gbps, k: 5 },
    { label: 'AXI ports', gbps: peak.axi_gbps, k: 2 },
  ].sort((a, b) => a.gbps - b.gbps);
  const left = rows.filter(({ macs }) => macs > 0).length - shown.length;
  const points = (row) => (row.without && row.without.intensity > 0 ? [row, row.without] : [row]);
  new Figure(parent, {
    id: 'roofline',
    title: 'Roofline',
    wide: true,
    note: `Layers of SubNet ${pair.subnet} with ${pair.cached} cached, and the same without SGS, joined by a line.${
      rows[0].without ? '' : ' Without a PB the run did not serve this SubNet.'
    }${left > 0 ? ` ${left} without off-chip traffic are left out.` : ''}`,
    describe: () =>
      `Peak ${number(most)} GMAC/s, memory ${number(peak.dram_gbps)} GB/s, ports ${number(peak.axi_gbps)} GB/s.`,
    draw: (canvas) => {
      const all = shown.flatMap(points);
      const ridge = most / roofs[0].gbps;
      const [low, high] = d3.extent([...all.map(({ intensity }) => intensity), ridge]);
      const slowest = d3.min(all, ({ gmacs }) => gmacs);
      const x = d3.scaleLog([low / 1.5, high * 1.6], [0, 1]);
      const y = d3.scaleLog([slowest / 1.6, most * 1.5], [0, 1]);
      const top = canvas.legend(
        [
          { label: 'with SGS', k: 0, kind: 'shape' },
          { label: 'without SGS', k: 0, paint: colour(1), kind: 'shape', hollow: true },
          { label: `peak ${number(most)} GMAC/s`, k: 0, kind: 'line', paint: 'var(--ink)' },
          ...roofs.map(({ label, gbps, k }) => ({ label: `${label} ${number(gbps)} GB/s`, k, kind: 'line' })),
        ],
        0,
        0,
      );
      const bottom = scatter(canvas, {
        x,
        y,
        top,
        height: canvas.narrow ? 260 : 340,
        xLabel: 'off-chip intensity, MAC/B',
        yLabel: 'performance, GMAC/s',
        points: [
          ...shown
            .filter((row) => points(row).length > 1)
            .map((row) => ({ row, of: row.without, hollow: true })),
          ...shown.map((row) => ({ row, of: row, hollow: false })),
        ].map(({ row, of, hollow }) => ({
          x: of.intensity,
          y: of.gmacs,
          k: 0,
          paint: hollow ? colour(1) : colour(0),
          hollow,
          size: 46,
          text: `${row.op} ${row.name}, ${hollow ? 'without' : 'with'} SGS\n${number(of.gmacs)} GMAC/s (${percent(of.gmacs, most)} of peak)\n${number(of.intensity)} MAC/B, ${number(of.us)} µs`,
        })),
        under: (f) =>
          drawRoofs(f, { x, y, most, roofs, shown: shown.filter((row) => points(row).length > 1) }),
      }).bottom;
      return bottom;
    },
    data: () => ({
      columns: [
        'op',
        'layer',
        'intensity (MAC/B)',
        'performance (GMAC/s)',
        'intensity without SGS (MAC/B)',
        'performance without SGS (GMAC/s)',
      ],
      rows: shown.map(({ op, name, intensity, gmacs, without }) => [
        op,
        name,
        intensity,
        gmacs,
        without ? without.intensity : '',
        without ? without.gmacs : '',
      ]),
    }),
  });
}

function drawRoofs(f, { x, y, most, roofs, shown }) {
  const [low, high] = x.domain();
  const [slow] = y.domain();
  const line = (x1, y1, x2, y2) =>
    f.g
      .append('line')
      .attr('x1', x(x1))
      .attr('y1', y(y1))
      .attr('x2', x(x2))
      .attr('y2', y(y2))
      .attr('class', 'line');
  line(Math.max(low, most / roofs[0].gbps), most, high, most).attr('stroke', 'var(--ink)');
  for (const { gbps, k } of roofs) {
    const from = Math.max(low, slow / gbps);
    if (from < most / gbps)
      line(from, from * gbps, most / gbps, most)
        .attr('stroke', colour(k))
        .attr('stroke-dasharray', DASHES[k]);
  }
  for (const { intensity, gmacs, without } of shown) {
    line(without.intensity, without.gmacs, intensity, gmacs).attr('class', 'join');
  }
}
