// The page: what the data hold decides what is shown.

function runView(parent, run) {
  parent.replaceChildren();
  overviewSection(parent, run);
  latencySection(parent, run);
  timeSection(parent, run);
  pbSection(parent, run);
  trafficSection(parent, run);
  layersSection(parent, run);
  const configuration = at(run, 'manifest/configuration');
  if (configuration) {
    const grid = section(parent, 'configuration', 'Configuration');
    sortableTable(grid, {
      id: 'configuration-table',
      title: 'Every key with its value',
      rows: Object.entries(configuration),
      columns: [
        { label: 'key', value: ([key]) => key },
        { label: 'value', value: ([, value]) => String(value) },
      ],
    });
  }
}

function fillContents() {
  document
    .getElementById('contents')
    .replaceChildren(
      ...[...document.querySelectorAll('main section')].map(({ id }) =>
        el('a', { href: `#${id}` }, document.getElementById(`${id}-title`).textContent),
      ),
    );
}

function drawAll() {
  figures.forEach((figure) => figure.draw());
}

function showRuns(main, runs) {
  const names = shortNames(runs.map(({ name }) => name));
  runs.forEach((run, i) => {
    run.short = names[i];
  });
  if (runs.length > 1) compareSection(main, runs);
  const view = el('div', { id: 'run' });
  const compared = figures.length;
  const show = (i) => {
    figures.length = compared;
    runView(view, runs[i]);
    fillContents();
  };
  if (runs.length > 1) {
    main.append(
      el(
        'div',
        { class: 'controls run-choice' },
        choice(
          'Details of',
          names.map((name, i) => [i, name]),
          0,
          (value) => {
            show(Number(value));
            figures.slice(compared).forEach((figure) => figure.draw());
          },
        ),
      ),
    );
  }
  main.append(view);
  show(0);
  return runs.length > 1 ? `${runs.length} runs compared` : names[0];
}

function start() {
  const began = performance.now();
  setUpTheme();
  const data = JSON.parse(document.getElementById('data').textContent);
  const main = document.getElementById('content');
  main.replaceChildren();
  let title = '';
  let scatterView = null;
  if (data.sweep) {
    scatterView = sweepView(main, data.sweep);
    title = `Sweep ${shortNames([data.sweep.name])[0]}`;
    fillContents();
  } else {
    title = showRuns(main, data.runs);
  }
  document.title = `${title} – sushisim`;
  document.getElementById('title').textContent = title;
  const paths = data.sweep ? [data.sweep.name] : data.runs.map(({ name }) => name);
  document
    .getElementById('foot')
    .append(
      el('p', {}, `Made by sushisim report from ${paths.join(', ')}. Charts: D3, ISC licence, in this file.`),
    );
  drawAll();
  if (scatterView) scatterView.fillBeside();
  // What the tests read: when the last chart was there, since the page was opened and since this script began.
  const { dataset } = document.documentElement;
  dataset.readyMs = performance.now().toFixed(1);
  dataset.drawMs = (performance.now() - began).toFixed(1);
  let width = main.clientWidth;
  let timer = 0;
  new ResizeObserver(() => {
    if (main.clientWidth === width) return;
    width = main.clientWidth;
    clearTimeout(timer);
    timer = setTimeout(drawAll, 120);
  }).observe(main);
}

start();
