import { category, department, type } from '../vocabulary.js';

export const pantry = department('Pantry', 'Cornershelf, Goodsack, Millbrook, Juniper Lane, Tamarind & Co, Oakhollow, Casa Limone, Aurelie Fine Foods', [
  category('Tea', 'blend', [
    type('black tea', 5, 24, 'Assam, Darjeeling, Ceylon, breakfast', 'Brisk enough for milk and round enough to go without.|Malty, amber and ready in three minutes.', { with: 'teapot, dark chocolate bar', lasts: 25 }),
    type('green tea', 6, 30, 'sencha, jasmine, gunpowder, genmaicha', 'Fresh as cut grass, with a sweetness that stays.|Brew it cool and it will never turn on you.', { with: 'teapot', lasts: 25 }),
    type('herbal infusion', 5, 18, 'chamomile, peppermint, rooibos, lemon verbena', 'Whole flowers, no dust, and an early night.|What to drink when it is too late for anything else.', { with: 'wildflower honey', lasts: 25 }),
    type('matcha', 14, 48, 'ceremonial, culinary, first-harvest', 'Whisks to a jade foam with no bitterness behind it.|Shade-grown, stone-milled and vivid enough to stain the afternoon.', { with: 'bamboo whisk', lasts: 30 }),
    type('teapot', 18, 95, 'one-litre, infuser, two-cup', 'Pours without dribbling, which is rarer than it should be.|A deep basket gives the leaves room to open.', { with: 'black tea, green tea' }),
    type('bamboo whisk', 9, 28, 'eighty-prong, hundred-prong, long-handled', 'Cut from one piece of bamboo, for a foam that holds.|Soak it a minute, whisk in zigzags, hang it up to dry.', { with: 'matcha', lasts: 120 }),
  ]),
  category('Chocolate & Sweets', 'blend', [
    type('dark chocolate bar', 3, 12, '70%, 85%, sea-salt, single-estate', 'Snaps clean, melts slow, tastes of cherries somewhere near the end.|Two squares are enough; you will have four.', { with: 'black tea, caramels', lasts: 10 }),
    type('milk chocolate bar', 2.5, 9, 'hazelnut, caramelised, oat-milk', 'Creamy without being shy about the cocoa.|The bar that everyone says they do not like and then finishes.', { with: 'caramels', lasts: 10 }),
    type('truffles', 9, 42, 'champagne, cocoa-dusted, assorted', 'Soft centres under a thin shell, dusted by hand.|A small box that settles most arguments.', { with: 'greeting cards', lasts: 30 }),
    type('caramels', 6, 20, 'salted, vanilla, ginger', 'Cooked in copper, cut by hand, wrapped in paper that crackles.|Chewy for exactly as long as it should be.', { with: 'dark chocolate bar', lasts: 20 }),
    type('liquorice', 4, 14, 'salty, sweet, chocolate-coated', 'The real root, boiled black and a little bit stern.|An acquired taste that acquires you back.', { lasts: 20 }),
    type('marshmallows', 4, 13, 'vanilla, raspberry, toasted', 'Pillowy, pink at the edges and made for a stick over embers.|Real vanilla, no rubber, twelve to a bag.', { with: 'hot chocolate, camp stove', lasts: 25 }),
    type('hot chocolate', 6, 19, 'flaked, spiced, drinking', 'Flakes, not powder, so it thickens like it means it.|Needs milk, a window and some weather.', { with: 'marshmallows, milk frother', lasts: 25 }),
  ]),
  category('Spices & Sauces', 'blend', [
    type('whole spices', 4, 18, 'cumin, cardamom, smoked pepper, coriander', 'This year\'s harvest, whole, so the aroma is still inside.|Toast them dry for a minute and the kitchen changes country.', { with: 'mortar and pestle, rice', lasts: 45 }),
    type('chilli oil', 5, 16, 'crispy, Sichuan, smoky', 'Crunch first, heat after, and a spoon that keeps going back.|Good on eggs, noodles and, frankly, ice cream.', { with: 'noodles, rice', lasts: 30 }),
    type('olive oil', 8, 38, 'extra-virgin, early-harvest, lemon', 'Green, peppery and pressed the day it was picked.|For finishing, not frying, unless you are feeling grand.', { with: 'balsamic vinegar, pasta', lasts: 35 }),
    type('hot sauce', 4, 15, 'habanero, fermented, green', 'Fermented for months, bright for seconds, missed when it is gone.|More flavour than fury, though there is some fury.', { with: 'tortilla chips', lasts: 35 }),
    type('balsamic vinegar', 6, 60, 'aged, white, fig', 'Thick, dark and sweet enough to drip on strawberries.|Twelve years in barrels, five seconds on the tomatoes.', { with: 'olive oil', lasts: 60 }),
    type('sea salt', 3, 16, 'flaked, smoked, rosemary', 'Hollow flakes that crush between finger and thumb.|The last thing on the plate and the first thing you notice.', { with: 'whole spices', lasts: 60 }),
  ]),
  category('Snacks & Nuts', 'blend', [
    type('roasted almonds', 5, 19, 'smoked, rosemary, tamari', 'Roasted in small trays until they click.|A handful is a plan; the bag is a confession.', { with: 'olives', lasts: 14 }),
    type('tortilla chips', 3, 8, 'blue-corn, lime, stone-ground', 'Thick enough for guacamole with opinions.|Stone-ground corn, sea salt and a proper crack.', { with: 'hot sauce', lasts: 10 }),
    type('granola bars', 4, 15, 'peanut, cherry, oat, seeded', 'Holds together in a pocket and falls apart in the mouth.|Oats, nuts and honey, in that order, and nothing you cannot spell.', { with: 'trail running shoes, water bottle', lasts: 12 }),
    type('olives', 4, 14, 'Nocellara, Kalamata, lemon-marinated', 'Buttery, bright and gone before the drinks arrive.|Cured in brine, not in a hurry.', { with: 'crackers, olive oil', lasts: 20 }),
    type('crackers', 3, 10, 'seeded, charcoal, sourdough', 'Thin, blistered and built for cheese.|They snap like they were told to.', { with: 'olives', lasts: 14 }),
    type('popcorn', 2.5, 9, 'sweet-and-salty, truffle, kettle', 'Popped in a kettle the old way, so the edges caramelise.|A bag for two that rarely makes it to the second.', { with: 'strategy board game', lasts: 10 }),
  ]),
  category('Breakfast', 'blend', [
    type('granola', 5, 16, 'maple-pecan, ginger, berry', 'Baked in clusters that stay clusters in the milk.|Toasted low and slow, and not too sweet to eat daily.', { with: 'wildflower honey, oat porridge', lasts: 14 }),
    type('oat porridge', 3, 11, 'jumbo, steel-cut, spiced', 'Steel-cut oats with a proper chew and a long morning in them.|Six minutes, one pan, a better mood.', { with: 'maple syrup', lasts: 21 }),
    type('maple syrup', 8, 32, 'amber, dark, barrel-aged', 'Tapped in spring, boiled over wood, poured on everything.|Dark grade, with the smoke and toffee left in.', { with: 'pancake mix', lasts: 40 }),
    type('wildflower honey', 6, 28, 'raw, set, heather', 'Unheated, unfiltered and different every summer.|Tastes of the hillside that it came from.', { with: 'herbal infusion', lasts: 40 }),
    type('pancake mix', 4, 12, 'buttermilk, buckwheat, oat', 'Just add an egg, some milk and somebody to cook for.|Tall, tender and very hard to burn.', { with: 'maple syrup', lasts: 30 }),
    type('fruit jam', 4, 13, 'apricot, raspberry, blackcurrant, fig', 'More fruit than sugar, set just enough to stay on the toast.|Cooked in batches small enough to have a mood.', { with: 'crackers', lasts: 25 }),
    type('pasta', 3, 11, 'bronze-cut, wholewheat, egg', 'Rough from the bronze die, so the sauce has something to hold.|Dried for two days, which you can taste in twelve minutes.', { with: 'olive oil', lasts: 14 }),
    type('rice', 3, 14, 'basmati, sushi, arborio', 'Aged a year, so every grain keeps to itself.|Rinse, rest, fluff; it forgives the rest.', { with: 'chilli oil', lasts: 28 }),
    type('noodles', 2.5, 9, 'soba, udon, ramen', 'Springy, quick and better company than the packet kind.|Four minutes from drawer to dinner.', { with: 'chilli oil', lasts: 14 }),
  ]),
]);
