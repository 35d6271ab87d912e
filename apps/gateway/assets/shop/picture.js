/** A picture for anything: a hue from its category, a shape from its id, and an emoji or initials. */

const emoji = {
  Coffee: '☕', Cookware: '🍳', 'Knives & Prep': '🔪', Baking: '🍞', Tableware: '🍽️', Tea: '🍵', 'Chocolate & Sweets': '🍫', 'Spices & Sauces': '🌶️',
  'Snacks & Nuts': '🥜', Breakfast: '🥞', Bedding: '🛏️', Bath: '🛁', Lighting: '💡', Storage: '🧺', 'Candles & Scent': '🕯️', 'Seeds & Bulbs': '🌷',
  'Indoor Plants': '🪴', 'Garden Tools': '🌱', 'Outdoor Living': '⛱️', 'Birds & Wildlife': '🐦', Hiking: '🥾', Camping: '⛺', Climbing: '🧗',
  Paddling: '🛶', Winter: '❄️', Running: '👟', Yoga: '🧘', Strength: '🏋️', Cycling: '🚲', 'Swimming & Recovery': '🏊', Audio: '🎧', 'Smart Home': '🏠',
  'Desk Tech': '⌨️', Photography: '📷', Gaming: '🎮', Tops: '👕', Bottoms: '👖', Outerwear: '🧥', Footwear: '👞', 'Bags & Accessories': '👜',
  Skincare: '🧴', Haircare: '💇', Fragrance: '🌸', 'Make-up': '💄', 'Grooming & Body': '🪒', Mystery: '🕵️', 'Science Fiction': '🚀', Cookbooks: '📗',
  'Nature & Travel': '🧭', 'History & Ideas': '🏛️', Building: '🧱', 'Board Games': '🎲', Puzzles: '🧩', 'Arts & Play': '🖍️', Baby: '🧸',
  'Drawing & Painting': '🎨', 'Knitting & Sewing': '🧶', Instruments: '🎸', Stationery: '✒️', Vinyl: '💿',
  Action: '💥', Adventure: '🗺️', Animation: '🐭', "Children's": '🎈', Comedy: '😄', Crime: '🔦', Documentary: '🎥', Drama: '🎭', Fantasy: '🐉',
  'Film-Noir': '🌃', Horror: '👻', Musical: '🎶', Romance: '💞', 'Sci-Fi': '🛸', Thriller: '⏳', War: '🎖️', Western: '🤠',
};

const paints = {
  black: '#2b2b2e', white: '#fbfaf6', 'sage green': '#a9bfa0', navy: '#2f4368', terracotta: '#c9714f', mustard: '#d9a93a', oat: '#e3d6bf', charcoal: '#4a4c50',
  'sky blue': '#9cc8e8', blush: '#eec0bd', 'forest green': '#3f6b4c', rust: '#a9532f', slate: '#6d7b88', plum: '#7a4566', natural: '#d8c6a5', teal: '#3a8a8a',
};

function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return value >>> 0;
}

const initialsOf = (title) => title.replace(/^(The|A|An) /, '').split(/\s+/).map((word) => word[0] ?? '').filter((letter) => /\p{L}|\d/u.test(letter)).slice(0, 2).join('').toUpperCase();

const svg = (name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
};

/** A decorative SVG of 160 by 100; hidden from screen readers, who have the title. */
export function pictureOf({ id, title = id, categories = [], tags = [], colour }) {
  const known = categories.findLast((category) => emoji[category] !== undefined);
  const hue = (hash(categories.at(-1) ?? title) + (hash(tags[0] ?? '') % 50)) % 360;
  const seed = hash(id);
  const picture = svg('svg', { viewBox: '0 0 160 100', class: 'picture', 'aria-hidden': 'true', focusable: 'false', preserveAspectRatio: 'xMidYMid slice' });
  picture.append(svg('rect', { width: 160, height: 100, fill: `hsl(${hue} 42% 88%)` }));
  picture.append(svg('circle', { cx: 20 + (seed % 120), cy: (seed >>> 8) % 100, r: 34 + ((seed >>> 16) % 30), fill: `hsl(${(hue + 24) % 360} 46% 80%)` }));
  picture.append(svg('rect', { x: (seed >>> 4) % 110, y: 62, width: 90, height: 60, rx: 30, fill: `hsl(${(hue + 340) % 360} 40% 83%)` }));
  if (paints[colour] !== undefined) picture.append(svg('circle', { cx: 140, cy: 80, r: 8, fill: paints[colour], stroke: '#fff', 'stroke-width': 2 }));
  const text = svg('text', { x: 80, y: 53, 'text-anchor': 'middle', 'dominant-baseline': 'central', 'font-size': known === undefined ? 34 : 42, 'font-weight': 700, fill: `hsl(${hue} 45% 28%)` });
  // U+FE0F asks for the coloured form where there are two.
  text.textContent = known === undefined ? initialsOf(title) : `${emoji[known].replace('\uFE0F', '')}\uFE0F`;
  picture.append(text);
  return picture;
}
