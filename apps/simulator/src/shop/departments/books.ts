import { category, department, type } from '../vocabulary.js';

/** Kinds of a book are its setting or subject; titles come from `book-titles.ts`. Brands are publishers. */
export const books = department('Books', 'Penny Lamp, Harbour Press, Quill & Co, Lantern House, Marginalia, Nightjar Books, Selkie, The Folded Page', [
  category('Mystery', 'story', [
    type('locked-room mystery', 7, 26, '', 'A snowed-in house, nine guests, and one of them has done this before.|Every clue is on the page; good luck.', { with: 'village mystery' , lasts: 20 }),
    type('village mystery', 7, 24, '', 'The fête is cancelled, the vicar is evasive, the dog knows.|Murder, marrows and very good cake.', { with: 'locked-room mystery', lasts: 20 }),
    type('harbour noir', 7, 24, '', 'Rain, debts and a detective who should have left town.|The fog keeps secrets until chapter thirty.', { with: 'police procedural', lasts: 20 }),
    type('police procedural', 7, 25, '', 'A cold case, a new partner, a coffee machine nobody fixes.|Patient, precise and impossible to put down at stations.', { with: 'harbour noir', lasts: 20 }),
    type('historical mystery', 8, 28, '', 'Candle smoke, court gossip and a poison that leaves a taste of almonds.|The year is 1581 and everyone is lying in verse.', { with: 'narrative history', lasts: 20 }),
  ]),
  category('Science Fiction', 'story', [
    type('space opera', 8, 28, '', 'An empire of a thousand suns and one very tired navigator.|Big ships, bigger grudges, jokes that land at light speed.', { with: 'first-contact novel', lasts: 20 }),
    type('first-contact novel', 8, 26, '', 'They arrived, they listened, they asked about the whales.|A linguist, a silence and the longest week on Earth.', { with: 'near-future thriller', lasts: 20 }),
    type('near-future thriller', 7, 25, '', 'The city runs on forecasts, until one is wrong.|Five minutes ahead of today and gaining.', { with: 'space opera', lasts: 20 }),
    type('fantasy novel', 8, 30, '', 'A map, a debt to a river, and a thief with one spell left.|Magic with a price list and a heroine who reads it.', { with: 'short story collection', lasts: 20 }),
    type('short story collection', 7, 24, '', 'Eleven worlds, each the length of a bath.|The last story changes the first.', { with: 'fantasy novel', lasts: 20 }),
  ]),
  category('Cookbooks', 'story', [
    type('vegetable cookbook', 14, 42, '', 'A hundred dinners where nobody asks where the meat is.|Organised by what is wilting in your fridge.', { with: 'whole spices, chopping board', lasts: 40 }),
    type('baking book', 14, 45, '', 'Weights in grams, photographs of mistakes, a chapter on crumbs.|Teaches your hands, not just your shelf.', { with: 'loaf tin, bread flour', lasts: 40 }),
    type('regional cookbook', 15, 48, '', 'Forty grandmothers, one notebook, no measurements changed.|Travel by saucepan.', { with: 'olive oil, saucepan', lasts: 40 }),
    type('weeknight cookbook', 12, 36, '', 'One pan, half an hour, plates that get scraped.|For people who like eating more than washing up.', { with: 'skillet', lasts: 40 }),
    type('fermentation handbook', 14, 40, '', 'Bubbles, brine and the courage to open the jar.|Science enough to trust, stories enough to try.', { with: 'sea salt', lasts: 40 }),
  ]),
  category('Nature & Travel', 'story', [
    type('field guide', 10, 34, '', 'Feathers, footprints and what that noise was.|Fits the coat pocket and survives the coat.', { with: 'bird feeder, hiking boots', lasts: 40 }),
    type('walking memoir', 8, 26, '', 'A thousand kilometres, one blister and a change of mind.|She set out to forget and remembered everything.', { with: 'topographic map, field guide', lasts: 25 }),
    type('travel writing', 8, 28, '', 'Night trains, bad maps and the kindness of bakers.|Makes you check the price of ferries.', { with: 'walking memoir', lasts: 25 }),
    type('gardening book', 12, 40, '', 'Month by month, weed by weed, with drawings you can trust.|The author\'s slugs are as bad as yours.', { with: 'vegetable seeds, hand trowel', lasts: 40 }),
    type('illustrated atlas', 22, 75, '', 'Currents, migrations and the roads that salt made.|A book to get lost in, properly.', { with: 'travel writing', lasts: 60 }),
  ]),
  category('History & Ideas', 'story', [
    type('narrative history', 10, 36, '', 'A small town, a big century, letters nobody burned.|Reads like a novel and cites like a scholar.', { with: 'biography', lasts: 30 }),
    type('biography', 10, 34, '', 'She invented half of it and was thanked for none.|A life in footnotes, finally in the text.', { with: 'narrative history', lasts: 30 }),
    type('popular science', 9, 30, '', 'Why octopuses dream, and what about.|Big questions, small words, good diagrams.', { with: 'essay collection', lasts: 30 }),
    type('essay collection', 8, 24, '', 'On queues, on kettles, on being wrong.|Short enough for a bath and long enough for an argument.', { with: 'popular science', lasts: 30 }),
    type('design book', 16, 68, '', 'Chairs, signs and the story of the paper clip.|Beautifully laid out, as it had better be.', { with: 'sketchbook', lasts: 60 }),
  ]),
]);
