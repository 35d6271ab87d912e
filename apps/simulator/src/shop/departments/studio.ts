import { category, department, type } from '../vocabulary.js';

export const studio = department('Studio', 'Inkwell, Paperstem, Skein & Stitch, Tonewood, Grainger, Kirin Press, Lindqvist, Conservatoire', [
  category('Drawing & Painting', 'object', [
    type('watercolour set', 14, 150, 'twelve-pan, travel, botanical', 'Clear washes, strong darks, a lid that mixes.|Twelve colours that make all the others.', { with: 'watercolour paper, paint brushes' }),
    type('sketchbook', 8, 42, 'spiral, hardback, toned', 'Lies flat, takes ink and does not judge.|Heavy paper with enough tooth for charcoal.', { with: 'pencil set', lasts: 60 }),
    type('pencil set', 7, 58, 'graphite, coloured, charcoal', 'From silver whisper to proper black.|Sharpen to a point and stay there.', { with: 'sketchbook', lasts: 90 }),
    type('paint brushes', 9, 95, 'round, flat, set of six', 'Holds a belly of water and comes back to a point.|Springy, thirsty and well balanced.', { with: 'watercolour set' }),
    type('watercolour paper', 9, 55, 'cold-pressed, 300 g, block', 'All cotton, so it lets you lift a mistake.|Glued at the edges, flat when dry.', { with: 'watercolour set', lasts: 60 }),
    type('acrylic paints', 12, 90, 'heavy-body, twelve-tube, fluid', 'Thick as butter and twice as bright.|Dries in the time that it takes to regret it.', { with: 'stretched canvas, paint brushes', lasts: 90 }),
    type('stretched canvas', 8, 60, 'linen, pack of three, deep-edge', 'Drum-tight, primed twice, square at the corners.|Ready for the painting you keep describing.', { with: 'acrylic paints', lasts: 60 }),
  ]),
  category('Knitting & Sewing', 'object', [
    type('yarn', 4, 32, 'sock, chunky, hand-dyed, lace', 'Soft on the neck, crisp in the stitch.|Dyed in one pot per mood, so buy enough.', { with: 'knitting needles, knitting pattern', lasts: 30 }),
    type('knitting needles', 7, 65, 'circular, interchangeable, double-pointed', 'Warm, quiet and pointed enough for lace.|A join so smooth that stitches do not notice it.', { with: 'yarn, stitch markers' }),
    type('knitting pattern', 4, 14, 'cardigan, sock, colourwork', 'Clear charts, kind words, three sizes more than usual.|Tested by people who had never done a heel.', { with: 'yarn', lasts: 60 }),
    type('stitch markers', 4, 20, 'locking, brass, row-counting', 'Small, smooth and lost in pairs.|Clips on, counts for you, never snags.', { with: 'knitting needles' }),
    type('sewing kit', 9, 60, 'travel, tailor\'s, beginner', 'Sharp scissors, good thread, every button\'s second chance.|Opens like a book and mends like one too.', { with: 'quilting fabric' }),
    type('quilting fabric', 6, 36, 'fat-quarter, printed, organic', 'Prints that argue nicely with each other.|Crisp cotton that presses flat and cuts true.', { with: 'sewing kit', lasts: 45 }),
    type('embroidery kit', 10, 45, 'floral, skyline, beginner', 'A hoop, six colours and a printed guide under your thread.|Evenings with something to show for them.', { with: 'sewing kit' }),
  ]),
  category('Instruments', 'object', [
    type('acoustic guitar', 85, 740, 'parlour, dreadnought, travel', 'A warm low end and a neck that invites you back.|Solid top, low action, ready for three chords.', { with: 'guitar strings, guitar tuner' }),
    type('ukulele', 28, 220, 'concert, soprano, tenor', 'Four strings, no sorrow.|Stays in tune and in the good mood.', { with: 'guitar tuner' }),
    type('guitar strings', 5, 24, 'phosphor-bronze, light, nylon', 'Bright for a month and easy on the fingers.|Coated, so the tone outlasts the enthusiasm.', { with: 'acoustic guitar', lasts: 45 }),
    type('guitar tuner', 8, 45, 'clip-on, pedal, chromatic', 'Green means go.|Hears the headstock and not the pub.', { with: 'acoustic guitar' }),
    type('digital piano', 180, 980, '88-key, portable, folding', 'Weighted keys and headphones for midnight.|Sounds like a grand and fits like a shelf.', { with: 'sheet music' }),
    type('kalimba', 16, 80, '17-key, pocket, travel', 'Two thumbs and it is already music.|A small box of rain.', { with: 'sheet music' }),
    type('sheet music', 5, 26, 'jazz, easy-piano, film', 'Big notes, good fingering, songs you know.|Twelve pieces that sound harder than they are.', { with: 'digital piano', lasts: 75 }),
  ]),
  category('Stationery', 'object', [
    type('notebook', 6, 40, 'dotted, ruled, pocket', 'Opens flat and stays open, like a good listener.|Paper that takes a fountain pen without a ghost.', { with: 'fountain pen, gel pens', lasts: 45 }),
    type('fountain pen', 16, 240, 'fine-nib, piston, pocket', 'Glides, dries, does not sulk.|A nib that learns your hand.', { with: 'bottled ink, notebook' }),
    type('bottled ink', 7, 34, 'midnight, sea-green, iron-gall', 'Shades from storm to slate as the nib slows.|Well behaved on paper, less so on cuffs.', { with: 'fountain pen', lasts: 90 }),
    type('gel pens', 5, 26, 'fine, pastel, set of ten', 'Thin lines, no skips, ten reasons to plan the week.|Clicks quietly in meetings.', { with: 'notebook', lasts: 60 }),
    type('weekly planner', 9, 48, 'undated, desk, spiral', 'Begin any Monday, skip any Sunday.|Seven columns and one wide margin for life.', { with: 'gel pens', lasts: 120 }),
    type('greeting cards', 5, 26, 'letterpress, botanical, blank', 'Pressed so deep that you can feel the fern.|Eight cards, eight people who will be surprised.', { with: 'wax seal kit', lasts: 60 }),
    type('wax seal kit', 12, 52, 'initial, botanical, peel-and-stick', 'Makes a letter worth waiting to open.|A brass stamp, three waxes, some drama.', { with: 'greeting cards' }),
  ]),
  category('Vinyl', 'story', [
    type('vinyl record', 14, 48, 'jazz, soul, folk, ambient', 'Mastered from the tapes and pressed where it is quiet.|Side B is the reason.', { with: 'record sleeves, stylus brush', lasts: 20 }),
    type('seven-inch single', 6, 20, 'garage, reggae, northern-soul', 'Two songs, both the point.|Loud, short and worth getting up for.', { with: 'record sleeves', lasts: 20 }),
    type('box set', 45, 190, 'anniversary, live, complete', 'Five records, one booklet and a very long weekend.|Outtakes that should not have been.', { with: 'record crate' }),
    type('record sleeves', 6, 24, 'anti-static, outer, fifty-pack', 'Anti-static inside, clear outside, forever on the shelf.|Fifty, which will not be enough.', { with: 'vinyl record', lasts: 90 }),
    type('record crate', 18, 110, 'stackable, low, wheeled', 'Holds eighty, faces forwards, dares you to flip.|Dovetailed corners for heavy habits.', { with: 'vinyl record' }),
    type('record brush', 8, 40, 'velvet, carbon, anti-static', 'One turn of the platter and the dust is history.|Soft, straight and better than your sleeve.', { with: 'vinyl record' }),
  ]),
]);
