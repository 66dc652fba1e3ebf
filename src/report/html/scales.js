// What tells series apart: colours after Okabe and Ito (Color Universal Design, 2008), and with each a hatching,
// a dash and a shape, so that no chart needs its colours.

const SERIES = 8;
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 2', '12 4', '1 3', '6 2 1 2 1 2'];
const SHAPES = [
  d3.symbolCircle,
  d3.symbolSquare,
  d3.symbolTriangle,
  d3.symbolDiamond,
  d3.symbolCross,
  d3.symbolStar,
  d3.symbolWye,
];

function colour(k) {
  return `var(--series-${((k % SERIES) + SERIES) % SERIES})`;
}

function shape(k, size = 64) {
  return d3.symbol(SHAPES[k % SHAPES.length], size)();
}

// Lines of a hatching in a 6 x 6 tile; the first is none. After eight colours the hatchings have moved on.
const HATCHES = [
  '',
  'M-1,5 L1,7 M0,0 L6,6 M5,-1 L7,1',
  'M0,3 H6',
  'M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5',
  'M3,0 V6',
  'M0,0 L6,6 M0,6 L6,0',
  'M1.5,1.5 h1 v1 h-1 z M4.5,4.5 h1 v1 h-1 z',
  'M0,3 H6 M3,0 V6',
];

function hatch(k) {
  return HATCHES[(k + Math.floor(k / SERIES)) % HATCHES.length];
}

// Perceptually even from dark to light, the same for all kinds of colour vision: cividis, sampled.
const HEAT = [
  '#00224e',
  '#123570',
  '#3b496c',
  '#575d6d',
  '#707173',
  '#8a8678',
  '#a59c74',
  '#c3b369',
  '#e1cc55',
  '#fee838',
];

function heatScale(low, high) {
  if (!(high > low)) return () => HEAT[4];
  return d3
    .scaleLinear(
      HEAT.map((_, i) => low + ((high - low) * i) / (HEAT.length - 1)),
      HEAT,
    )
    .clamp(true);
}

// Black or white, whatever reads on this `rgb(…)` or `#…`.
function inkOn(background) {
  const { r, g, b } = d3.rgb(background);
  return 0.299 * r + 0.587 * g + 0.114 * b > 120 ? '#111' : '#fff';
}
