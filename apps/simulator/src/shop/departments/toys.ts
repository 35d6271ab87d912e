import { category, department, type } from '../vocabulary.js';

export const toys = department('Toys & Games', 'Playbox, Little Otter, Tumbletown, Peg & Pine, Moonhop, Oddfellow Games, Wonderwork, Atelier Minou', [
  category('Building', 'object', [
    type('wooden blocks', 14, 95, '50-piece, rainbow, unit', 'Smooth, heavy and stackable until bedtime.|The toy that outlasts every other toy.', { with: 'marble run' }),
    type('magnetic tiles', 20, 130, '32-piece, see-through, castle', 'Clicks together and throws coloured light on the wall.|Castles by breakfast, rockets by lunch.', { with: 'wooden blocks' }),
    type('marble run', 18, 110, 'spiral, 100-piece, tower', 'Gravity, patience and a very good rattle.|Rebuild it slightly wrong and learn something.', { with: 'magnetic tiles' }),
    type('model kit', 15, 140, 'sailing-ship, biplane, steam-engine', 'Tabs, no glue, and a working propeller.|A rainy Sunday in two hundred parts.', { with: 'model paints' }),
    type('model paints', 9, 45, 'acrylic, twelve-pot, metallic', 'Thin coats, true colours, washable elbows.|Twelve small pots and one proper brush.', { with: 'model kit', lasts: 120 }),
    type('train set', 28, 190, 'starter, bridge, figure-of-eight', 'Track that fits every other track in the house.|Goes under the sofa, comes out the other side a legend.', { with: 'wooden blocks' }),
  ]),
  category('Board Games', 'story', [
    type('strategy board game', 22, 110, 'island-trading, railway, deep-space', 'Rules in ten minutes, grudges for years.|Every turn gives you one thing less than you need.', { with: 'card sleeves, popcorn' }),
    type('party game', 12, 48, 'drawing, bluffing, word', 'Loud by the second round, unforgettable by the fourth.|Teaches itself and flatters nobody.', { with: 'card game, popcorn' }),
    type('cooperative game', 18, 80, 'lighthouse, heist, wildfire', 'Everyone wins or the lighthouse goes dark.|Good for families that should not compete.', { with: 'card sleeves' }),
    type('card game', 8, 32, 'trick-taking, two-player, memory', 'Fits in a pocket and swallows a train ride.|Fifty-four cards, one cruel joker.', { with: 'card sleeves' }),
    type('chess set', 20, 240, 'travel, tournament, weighted', 'Weighted, felted and pleasant to lose with.|A folding board and pieces that stand up to trains.', { with: 'strategy board game' }),
    type('card sleeves', 4, 16, 'matt, hundred-pack, clear', 'Shuffles like new after a hundred arguments.|Because someone always has crisps.', { with: 'card game', lasts: 90 }),
  ]),
  category('Puzzles', 'story', [
    type('jigsaw puzzle', 10, 48, '1000-piece, 500-piece, panoramic', 'Thick pieces, no dust, a picture worth the weekend.|Start at the edges, lose the sky, find it under the cat.', { with: 'puzzle mat' }),
    type('puzzle mat', 14, 60, 'roll-up, felt, tilted', 'Rolls up mid-sky and gives you the table back.|Keeps a thousand pieces and the peace.', { with: 'jigsaw puzzle' }),
    type('mechanical puzzle', 9, 65, 'interlocking, disentanglement, box', 'Looks simple, which is how it gets you.|No force needed; that is the first hint.', { with: 'jigsaw puzzle' }),
    type('crossword book', 5, 18, 'cryptic, weekend, easy', 'A hundred small victories and three scandals.|Clues that groan back.', { with: 'pencil set', lasts: 45 }),
    type('escape room box', 16, 58, 'museum, submarine, manor', 'Sixty minutes, one locked box, four people talking at once.|Nothing is torn up, so you can pass it on.', { with: 'mechanical puzzle' }),
  ]),
  category('Arts & Play', 'object', [
    type('crayons', 4, 26, 'beeswax, jumbo, 24-colour', 'Rich colour, round edges, honest purple.|Made for fists and forgiving of walls, mostly.', { with: 'colouring book', lasts: 60 }),
    type('colouring book', 4, 18, 'ocean, city, dinosaur', 'Thick paper and a story hidden in the lines.|Forty pages of quiet.', { with: 'crayons', lasts: 45 }),
    type('play dough', 5, 24, 'natural, scented, six-tub', 'Soft, salty and made for tiny bakeries.|Six colours that will be one by Friday.', { with: 'colouring book', lasts: 45 }),
    type('dress-up costume', 14, 70, 'dragon, astronaut, owl', 'Washable, reversible and worn to the shops.|Wings that flap and a tail with ideas.', { with: 'hand puppet' }),
    type('hand puppet', 9, 45, 'fox, bear, wizard', 'Says what nobody else will.|Room for small hands and big voices.', { with: 'picture book' }),
    type('craft kit', 10, 48, 'weaving, pom-pom, lantern', 'Everything in the box, including the good scissors.|An afternoon, a mess and something for grandma.', { with: 'crayons' }),
  ]),
  category('Baby', 'object', [
    type('soft toy', 9, 58, 'rabbit, elephant, sloth', 'Floppy ears and a face that keeps secrets.|Survives the washing machine and the night.', { with: 'picture book, baby blanket' }),
    type('baby blanket', 16, 90, 'cellular, muslin, knitted', 'Breathes, stretches and swaddles in one fold.|The one that gets a name.', { with: 'soft toy' }),
    type('teether', 6, 26, 'ring, star, chilled', 'Safe to gnaw, easy to wash, hard to lose.|Natural rubber with something to chew in every corner.', { with: 'muslin cloths' }),
    type('muslin cloths', 8, 36, 'six-pack, printed, large', 'One on the shoulder, one in the bag, one missing.|Softer with every wash, of which there will be many.', { with: 'baby blanket', lasts: 90 }),
    type('stacking cups', 7, 30, 'nesting, bath, numbered', 'Stack, topple, repeat, laugh.|They pour in the bath and nest in the bag.', { with: 'soft toy' }),
    type('picture book', 6, 22, 'bedtime, lift-the-flap, counting', 'A bear, a moon and a very good last page.|Short enough for three readings, which it will get.', { with: 'soft toy' }),
  ]),
]);
