'use strict';
// Elements, numbers with units, theme. Text from results goes into the page by textContent alone.

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

// A labelled select; `choices` are [value, text].
function choice(label, choices, value, onchange) {
  const select = el(
    'select',
    { onchange: () => onchange(select.value) },
    choices.map(([key, text]) =>
      el('option', { value: key, selected: String(key) === String(value) }, String(text)),
    ),
  );
  return el('label', { class: 'choice' }, el('span', {}, label), select);
}

const THIN_SPACE = '\u2009';

// Four significant digits, thousands apart: what a person reads. Exact values are in the CSV.
function number(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(2);
  const decimals = size === 0 || Number.isInteger(value) ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  const [whole, fraction] = value.toFixed(Math.min(decimals, 6)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return fraction ? `${grouped}.${fraction}` : grouped;
}

// On an axis, without trailing zeros.
function tickText(value) {
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)) return value.toExponential();
  const [whole, fraction] = String(Number(value.toPrecision(9))).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) + (fraction ? `.${fraction}` : '');
}

function percent(part, whole) {
  return whole ? `${((100 * part) / whole).toFixed(1)} %` : '–';
}

// Of a quantity the unit that suits its largest value: results hold us, bytes, pJ and cycles.
const UNITS = {
  time: [
    [1e6, 's'],
    [1e3, 'ms'],
    [1, 'µs'],
  ],
  bytes: [
    [1024 ** 3, 'GiB'],
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
    [1, 'B'],
  ],
  energy: [
    [1e12, 'J'],
    [1e9, 'mJ'],
    [1e6, 'µJ'],
    [1e3, 'nJ'],
    [1, 'pJ'],
  ],
  cycles: [
    [1e9, 'G cycles'],
    [1e6, 'M cycles'],
    [1e3, 'k cycles'],
    [1, 'cycles'],
  ],
  macs: [
    [1e9, 'GMAC'],
    [1e6, 'MMAC'],
    [1e3, 'kMAC'],
    [1, 'MAC'],
  ],
  count: [[1, '']],
};

function unitFor(kind, largest) {
  const units = UNITS[kind];
  const [divide, name] = units.find(([size]) => Math.abs(largest) >= size) || units[units.length - 1];
  return {
    divide,
    name,
    of: (value) => value / divide,
    text: (value) => `${number(value / divide)} ${name}`.trim(),
  };
}

// `value` with the unit that suits itself.
function quantity(kind, value) {
  return unitFor(kind, value).text(value);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

// "pb_swap" as people write it.
function words(name) {
  return String(name).replace(/_/g, ' ');
}

// The last part of a path says which run it is; the whole path where that is not unique.
function shortNames(paths) {
  const last = paths.map((path) => path.split('/').filter(Boolean).pop() || path);
  return paths.map((path, i) => (last.filter((name) => name === last[i]).length > 1 ? path : last[i]));
}

function setUpTheme() {
  const button = document.getElementById('theme');
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const show = (dark) => {
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    button.setAttribute('aria-pressed', String(dark));
    button.textContent = dark ? 'Light colours' : 'Dark colours';
  };
  let chosen = null; // until then the system's
  show(system.matches);
  system.addEventListener('change', () => {
    if (chosen === null) show(system.matches);
  });
  button.addEventListener('click', () => {
    chosen = document.documentElement.dataset.theme !== 'dark';
    show(chosen);
  });
}

function download(name, type, text) {
  const link = el('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function csvText({ columns, rows }) {
  const cell = (value) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(',')).join('\n') + '\n';
}
