// A chart on the page: title, note, controls, the drawing, and what every chart offers: the value under the pointer or
// at the arrow keys, its numbers as a table, SVG and CSV.

const figures = [];
const measure = document.createElement('canvas').getContext('2d');
const FONT = '12px system-ui, sans-serif';

function textWidth(text, font = FONT) {
  measure.font = font;
  return measure.measureText(text).width;
}

// `text` cut to a width in pixels.
function fitted(text, width) {
  const whole = String(text);
  if (textWidth(whole) <= width) return whole;
  let length = whole.length;
  while (length > 1 && textWidth(`${whole.slice(0, length)}…`) > width) --length;
  return `${whole.slice(0, length)}…`;
}

// What a chart's draw() gets: the SVG to draw into, its width, and marks to point at.
class Canvas {
  constructor(svg, id, width) {
    this.svg = svg;
    this.id = id;
    this.width = width;
    this.narrow = width < 520;
    this.marks = [];
    this.hatches = new Set();
    this.defs = svg.append('defs');
  }

  // Where pointer and arrow keys show `text`: a box, or a point when w and h are left out.
  mark(x, y, text, { w = 0, h = 0, select = null } = {}) {
    this.marks.push({ x, y, w, h, text, select });
  }

  // The fill of series k: its colour with its hatching.
  fill(k) {
    if (!hatch(k)) return colour(k);
    const id = `${this.id}-hatch-${k}`;
    if (!this.hatches.has(k)) {
      this.hatches.add(k);
      const pattern = this.defs
        .append('pattern')
        .attr('id', id)
        .attr('width', 6)
        .attr('height', 6)
        .attr('patternUnits', 'userSpaceOnUse');
      pattern.append('rect').attr('width', 6).attr('height', 6).attr('fill', colour(k));
      pattern.append('path').attr('d', hatch(k)).attr('class', 'hatch');
    }
    return `url(#${id})`;
  }

  text(parent, x, y, text, attributes = {}) {
    const node = parent.append('text').attr('x', x).attr('y', y).text(text);
    for (const [name, value] of Object.entries(attributes)) node.attr(name, value);
    return node;
  }

  // Items {label, k, kind: fill|line|shape, paint} in rows from y on; returns the y below.
  legend(items, x0, y, width = this.width - x0) {
    const g = this.svg.append('g').attr('class', 'legend');
    let x = x0;
    let row = y + 12;
    for (const item of items) {
      const label = fitted(item.label, width - 24);
      const size = textWidth(label) + 34;
      if (x > x0 && x + size > x0 + width) {
        x = x0;
        row += 19;
      }
      this.swatch(g.append('g').attr('transform', `translate(${x},${row - 5})`), item);
      this.text(g, x + 21, row, label);
      x += size;
    }
    return items.length > 0 ? row + 14 : y;
  }

  swatch(g, { k = 0, kind = 'fill', paint = null, hollow = false }) {
    if (kind === 'line') {
      g.append('line')
        .attr('x2', 16)
        .attr('stroke', paint || colour(k))
        .attr('stroke-width', 2.2)
        .attr('stroke-dasharray', DASHES[k % DASHES.length]);
    } else if (kind === 'shape') {
      g.append('path')
        .attr('d', shape(k))
        .attr('transform', 'translate(8,0)')
        .attr('fill', hollow ? 'none' : paint || colour(k))
        .attr('stroke', paint || colour(k))
        .attr('stroke-width', 1.5);
    } else {
      g.append('rect')
        .attr('y', -6)
        .attr('width', 16)
        .attr('height', 11)
        .attr('fill', paint || this.fill(k))
        .attr('class', 'bar');
    }
  }
}

class Figure {
  // options: id, title, note, describe() for those who do not see it, draw(canvas) -> height, data() -> {columns,
  // rows}, controls: elements, wide: takes the whole row, interactive: marks can be selected
  constructor(parent, options) {
    this.options = options;
    this.id = options.id;
    this.plot = el('div', { class: 'plot' });
    this.note = el('p', { class: 'note' });
    this.table = el('div', {
      class: 'scroll',
      tabindex: '0',
      role: 'region',
      'aria-label': `Data of ${options.title}`,
    });
    const details = el(
      'details',
      {
        ontoggle: () => {
          this.open = details.open;
          this.fillTable();
        },
      },
      el('summary', {}, 'Data table'),
      this.table,
    );
    this.root = el(
      'figure',
      { id: options.id, class: options.wide ? 'chart wide' : 'chart' },
      el('figcaption', {}, el('h3', {}, options.title), this.note),
      options.controls ? el('div', { class: 'controls' }, options.controls) : null,
      this.plot,
      el(
        'div',
        { class: 'actions' },
        el(
          'button',
          { type: 'button', 'aria-label': `Save ${options.title} as SVG`, onclick: () => this.saveSvg() },
          'SVG',
        ),
        el(
          'button',
          { type: 'button', 'aria-label': `Save ${options.title} as CSV`, onclick: () => this.saveCsv() },
          'CSV',
        ),
        details,
      ),
    );
    parent.append(this.root);
    figures.push(this);
  }

  draw() {
    const { options } = this;
    const note = typeof options.note === 'function' ? options.note() : options.note;
    this.note.textContent = note || '';
    this.note.hidden = !note;
    const width = Math.max(240, Math.floor(this.plot.clientWidth) || 600);
    const focused = document.activeElement !== null && this.plot.contains(document.activeElement);
    this.plot.replaceChildren();
    const svg = d3
      .select(this.plot)
      .append('svg')
      .attr('xmlns', 'http://www.w3.org/2000/svg')
      .attr('width', width)
      .attr('tabindex', 0)
      .attr('role', options.interactive ? 'application' : 'img');
    const canvas = new Canvas(svg, this.id, width);
    const height = Math.ceil(options.draw(canvas));
    const description = options.describe ? options.describe() : '';
    svg
      .attr('height', height)
      .attr('viewBox', `0 0 ${width} ${height}`)
      .attr(
        'aria-label',
        `${options.title}. ${description} Arrow keys go through the values; a data table follows.`,
      );
    this.svg = svg.node();
    followPointer(this.svg, canvas);
    if (focused) this.svg.focus();
    this.fillTable();
    return this;
  }

  fillTable() {
    if (!this.open) return;
    const { columns, rows } = this.options.data();
    const shown = 500;
    this.table.replaceChildren(
      el(
        'table',
        {},
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            columns.map((name) => el('th', { scope: 'col' }, name)),
          ),
        ),
        el(
          'tbody',
          {},
          rows.slice(0, shown).map((row) =>
            el(
              'tr',
              {},
              row.map((value) =>
                el(
                  'td',
                  {
                    class: typeof value === 'number' ? 'num' : null,
                  },
                  number(value),
                ),
              ),
            ),
          ),
        ),
      ),
    );
    if (rows.length > shown)
      this.table.append(el('p', {}, `${shown} of ${rows.length} rows; the CSV has all.`));
  }

  saveCsv() {
    download(`${this.id}.csv`, 'text/csv', csvText(this.options.data()));
  }

  saveSvg() {
    download(`${this.id}.svg`, 'image/svg+xml', this.svgText());
  }

  // With every style in place and on white, whatever the page shows: it goes into documents.
  svgText() {
    const { dataset } = document.documentElement;
    const theme = dataset.theme;
    dataset.theme = 'light';
    const copy = this.svg.cloneNode(true);
    const from = [this.svg, ...this.svg.querySelectorAll('*')];
    const to = [copy, ...copy.querySelectorAll('*')];
    const properties = [
      'fill',
      'stroke',
      'stroke-width',
      'stroke-dasharray',
      'opacity',
      'fill-opacity',
      'font-family',
      'font-size',
      'font-weight',
      'text-anchor',
    ];
    from.forEach((element, i) => {
      const style = window.getComputedStyle(element);
      for (const name of properties) {
        const value = style.getPropertyValue(name);
        if (value)
          to[i].setAttribute(
            name,
            name === 'fill' ? value.replace(/url\("?[^#"]*(#[^")]+)"?\)/, 'url($1)') : value,
          );
      }
      to[i].removeAttribute('class');
    });
    dataset.theme = theme;
    copy.querySelectorAll('[data-cursor]').forEach((cursor) => cursor.remove());
    copy.insertBefore(
      d3.select(copy).append('rect').attr('width', '100%').attr('height', '100%').attr('fill', '#fff').node(),
      copy.firstChild,
    );
    d3.select(copy).insert('title', ':first-child').text(this.options.title);
    return new XMLSerializer().serializeToString(copy);
  }
}

function distance(mark, x, y) {
  const dx = Math.max(mark.x - x, 0, x - mark.x - mark.w);
  const dy = Math.max(mark.y - y, 0, y - mark.y - mark.h);
  return Math.hypot(dx, dy);
}

// The mark nearest to the pointer, or the one that the arrow keys have reached, is ringed and told.
function followPointer(svg, canvas) {
  const { marks } = canvas;
  if (marks.length === 0) return;
  let current = -1;
  const ring = d3
    .select(svg)
    .append('rect')
    .attr('class', 'ring')
    .attr('data-cursor', '')
    .attr('visibility', 'hidden')
    .attr('rx', 3);
  const show = (index, spoken = false) => {
    current = index;
    const { x, y, w, h, text } = marks[index];
    ring
      .attr('visibility', 'visible')
      .attr('x', x - (w ? 0 : 6))
      .attr('y', y - (h ? 0 : 6))
      .attr('width', w || 12)
      .attr('height', h || 12);
    const box = svg.getBoundingClientRect();
    showTip(text, box.left + x + w / 2, box.top + y, box.top + y + h, spoken);
  };
  const hide = () => {
    ring.attr('visibility', 'hidden');
    hideTip();
  };
  svg.addEventListener('pointermove', (event) => {
    const [x, y] = d3.pointer(event, svg);
    let nearest = -1;
    let least = 28;
    marks.forEach((mark, i) => {
      const d = distance(mark, x, y);
      if (d < least) [nearest, least] = [i, d];
    });
    if (nearest >= 0) show(nearest);
    else hide();
  });
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('blur', hide);
  svg.addEventListener('click', () => {
    if (current >= 0 && marks[current].select) marks[current].select();
  });
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[
      event.key
    ];
    if (event.key === 'Escape') hide();
    else if (event.key === 'Enter' && current >= 0 && marks[current].select) marks[current].select();
    else if (event.key === 'Home') show(0, true);
    else if (event.key === 'End') show(marks.length - 1, true);
    else if (step) show(Math.max(0, Math.min(marks.length - 1, current < 0 ? 0 : current + step)), true);
    else return;
    event.preventDefault();
  });
}

function showTip(text, x, above, below, spoken) {
  const tip = document.getElementById('tip');
  tip.setAttribute('aria-live', spoken ? 'polite' : 'off');
  tip.textContent = text;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(4, Math.min(x - width / 2, document.documentElement.clientWidth - width - 4));
  const top = above - height - 10 > 0 ? above - height - 10 : below + 10;
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function hideTip() {
  document.getElementById('tip').hidden = true;
}

// A section of the page with a heading that the contents list links to; in it charts stand two abreast.
function section(parent, id, title, text) {
  const grid = el('div', { class: 'grid' });
  parent.append(
    el(
      'section',
      { id, 'aria-labelledby': `${id}-title` },
      el('h2', { id: `${id}-title` }, title),
      text ? el('p', { class: 'lead' }, text) : null,
      grid,
    ),
  );
  return grid;
}
