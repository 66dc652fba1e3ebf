// Tables that scroll in their own box and are sorted by a click on a heading.

// columns: [{label, unit, value(row), text(row)}]; a value that is a number stands at the right.
function sortableTable(parent, { id, title, columns, rows, limit = 1000 }) {
  let by = -1;
  let falling = true;
  const body = el('tbody');
  const numeric = (column) => rows.length > 0 && typeof column.value(rows[0]) === 'number';
  const texts = columns.map((column) => (column.text ? null : evenText(rows.map(column.value))));
  const heads = columns.map((column, i) =>
    el(
      'th',
      { scope: 'col', 'aria-sort': 'none', class: numeric(column) ? 'num' : null },
      el(
        'button',
        { type: 'button', onclick: () => sort(i) },
        column.unit ? `${column.label}, ${column.unit}` : column.label,
      ),
    ),
  );
  const more = el('p', { class: 'note' });
  const order = (a, b) => {
    const [x, y] = [a, b].map(columns[by].value);
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    return String(x).localeCompare(String(y), undefined, { numeric: true });
  };
  function fill() {
    const sorted = by < 0 ? rows : [...rows].sort((a, b) => (falling ? order(b, a) : order(a, b)));
    body.replaceChildren(
      ...sorted.slice(0, limit).map((row) =>
        el(
          'tr',
          {},
          columns.map((column, i) => {
            const value = column.value(row);
            const text = column.text ? column.text(row) : texts[i](value);
            const content = column.click
              ? el('button', { type: 'button', class: 'link', onclick: () => column.click(row) }, text)
              : text;
            return el(
              i === 0 ? 'th' : 'td',
              { scope: i === 0 ? 'row' : null, class: numeric(column) ? 'num' : null },
              content,
            );
          }),
        ),
      ),
    );
    more.textContent = rows.length > limit ? `${limit} of ${rows.length} rows; the CSV has all.` : '';
  }
  function sort(i) {
    falling = by === i ? !falling : typeof columns[i].value(rows[0] || {}) === 'number';
    by = i;
    heads.forEach((head, k) =>
      head.setAttribute('aria-sort', k !== i ? 'none' : falling ? 'descending' : 'ascending'),
    );
    fill();
  }
  fill();
  const csv = () =>
    download(
      `${id}.csv`,
      'text/csv',
      csvText({
        columns: columns.map((column) => (column.unit ? `${column.label} (${column.unit})` : column.label)),
        rows: rows.map((row) => columns.map((column) => column.value(row))),
      }),
    );
  parent.append(
    el(
      'div',
      { class: 'chart wide', id },
      el('h3', {}, title),
      el(
        'div',
        { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': title },
        el('table', {}, el('thead', {}, el('tr', {}, heads)), body),
      ),
      more,
      el(
        'div',
        { class: 'actions' },
        el('button', { type: 'button', 'aria-label': `Save ${title} as CSV`, onclick: csv }, 'CSV'),
      ),
    ),
  );
}

// Numbers of one column with equally many decimals, enough for four digits of the largest.
function evenText(values) {
  const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value));
  const largest = Math.max(...numbers.map(Math.abs), 1e-6);
  const decimals = numbers.every(Number.isInteger)
    ? 0
    : Math.max(largest < 1e4 ? 1 : 0, Math.min(6, 3 - Math.floor(Math.log10(largest))));
  return (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      return value === '' || value === null ? '' : number(value);
    const [whole, fraction] = value.toFixed(decimals).split('.');
    return whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) + (fraction ? `.${fraction}` : '');
  };
}

// Names and values side by side.
function facts(pairs) {
  return el(
    'dl',
    { class: 'facts' },
    pairs
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, String(value)))),
  );
}
