import { category, department, type } from '../vocabulary.js';

export const garden = department('Garden', 'Allotment, Greenstile, Bramblewick, Potter & Vine, Thornhill, Larkmeadow, Kew & Daughters, Verdier', [
  category('Seeds & Bulbs', 'blend', [
    type('vegetable seeds', 2, 9, 'heirloom tomato, rainbow chard, climbing bean, courgette', 'Open-pollinated, so you can save your own next year.|Eager germinators with a flavour that shops have forgotten.', { with: 'seed tray, peat-free compost', lasts: 60 }),
    type('wildflower seeds', 3, 14, 'meadow, cornfield, shade', 'Scatter, rake, walk away, be thanked by bees.|Twenty native species and colour from May to the first frost.', { with: 'bee house', lasts: 90 }),
    type('tulip bulbs', 5, 26, 'parrot, black, double', 'Plant them in November and forget them until they stop you in April.|Fat bulbs from the third-generation field in the dunes.', { with: 'bulb planter', lasts: 120 }),
    type('herb seeds', 2, 8, 'basil, coriander, dill, thyme', 'A windowsill, a little patience, dinner for months.|Sow a pinch every fortnight and never buy a plastic pot again.', { with: 'seed tray', lasts: 60 }),
    type('seed tray', 6, 34, '24-cell, self-watering, cork', 'Deep cells that push out clean, roots and all.|Made to last more springs than you will count.', { with: 'vegetable seeds, peat-free compost' }),
    type('peat-free compost', 6, 22, 'seed, potting, all-purpose', 'Dark, crumbly and made without touching a bog.|Feeds for six weeks, then it is your turn.', { with: 'vegetable seeds', lasts: 45 }),
  ]),
  category('Indoor Plants', 'object', [
    type('trailing plant', 8, 48, 'golden pothos, string-of-hearts, heartleaf', 'Grows a leaf a week and forgives every missed watering.|Put it high and let it come down to you.', { with: 'plant pot, plant mister' }),
    type('statement plant', 25, 160, 'fiddle-leaf, bird-of-paradise, monstera', 'Fills an empty corner better than furniture.|Big glossy leaves that turn to face whoever is winning.', { with: 'plant pot, liquid plant food' }),
    type('succulent', 5, 30, 'jade, echeveria, zebra', 'Wants sun, neglect and a compliment.|Three fit on a windowsill; you will have seven.', { with: 'plant pot' }),
    type('plant pot', 7, 85, 'self-watering, footed, hand-thrown', 'A drainage hole and a saucer, as all pots should have.|Glazed by hand, so no two agree on the colour.', { with: 'trailing plant, peat-free compost' }),
    type('plant mister', 9, 42, 'fine-spray, slim, half-litre', 'A fog so fine it hangs in the light.|Ferns like it almost as much as you will.', { with: 'trailing plant' }),
    type('liquid plant food', 6, 22, 'seaweed, monthly, orchid', 'A capful a month and the new leaves come in bigger.|Seaweed, concentrated, with less smell than you fear.', { with: 'statement plant', lasts: 60 }),
  ]),
  category('Garden Tools', 'object', [
    type('hand trowel', 9, 55, 'forged, narrow, left-handed', 'A sharp edge, a proper neck and no bending in clay.|Depth marks down the blade, for people who read packets.', { with: 'gardening gloves, tulip bulbs' }),
    type('secateurs', 14, 110, 'bypass, ratchet, small-handed', 'A clean cut that heals, with a spring that does not pinch.|Every part can be replaced, though few need to be.', { with: 'gardening gloves, tool holster' }),
    type('watering can', 15, 95, 'long-spout, nine-litre, indoor', 'The rose gives rain, not a flood.|Balanced when full, which is when it matters.', { with: 'liquid plant food' }),
    type('gardening gloves', 7, 45, 'thorn-proof, washable, gauntlet', 'Thick on the palm, light on the fingers, long at the wrist.|Roses lose their main argument.', { with: 'secateurs' }),
    type('bulb planter', 11, 48, 'long-handled, depth-marked, hand', 'Lifts a neat plug and puts it back without kneeling.|A hundred tulips before lunch.', { with: 'tulip bulbs' }),
    type('digging fork', 24, 120, 'border, four-tine, lightweight', 'Tines that slide in and a tread that spares the boot.|Turns heavy soil as if it owed you something.', { with: 'gardening gloves' }),
    type('tool holster', 14, 60, 'belt, double, oiled', 'Secateurs at the hip, like a gentle sheriff.|Oiled once a year and otherwise ignored.', { with: 'secateurs' }),
  ]),
  category('Outdoor Living', 'object', [
    type('garden lounge chair', 45, 390, 'folding, slatted, low', 'Leans back just past reasonable.|Left out all summer and none the worse for it.', { with: 'outdoor cushion, string lights' }),
    type('hammock', 28, 180, 'double, hooded, single', 'Two trees, one book, no plans.|Wide weave, so you lie flat and not folded.', { with: 'outdoor cushion' }),
    type('fire pit', 50, 380, 'round, smokeless, portable', 'Rusts beautifully and keeps the party outside.|A double wall burns the smoke before it finds your jumper.', { with: 'fire tools, marshmallows' }),
    type('outdoor cushion', 14, 88, 'quick-dry, bolster, striped', 'Shrugs off a shower and keeps its colour.|Plump enough for a long lunch on a hard bench.', { with: 'garden lounge chair' }),
    type('parasol', 40, 300, 'tilting, scalloped, three-metre', 'Tilts to follow the sun and cranks down in a gust.|A circle of shade with a fringe on top.', { with: 'garden lounge chair' }),
    type('fire tools', 18, 90, 'three-piece, poker, log-tong', 'Long enough that your eyebrows are safe.|Hammered by a smith who clearly enjoys bonfires.', { with: 'fire pit' }),
  ]),
  category('Birds & Wildlife', 'object', [
    type('bird feeder', 10, 68, 'squirrel-proof, window, hanging', 'Finches at breakfast, closer than you have ever seen them.|Opens wide for cleaning, closes under a squirrel.', { with: 'bird seed, bird bath' }),
    type('bird seed', 5, 24, 'no-mess, sunflower-heart, winter', 'Husked, so nothing sprouts beneath.|The tits arrive first, the robin pretends not to care.', { with: 'bird feeder', lasts: 21 }),
    type('nest box', 14, 60, 'robin, swift, camera-ready', 'A 32 mm door, a good roof, quiet neighbours.|Insulated, drained and facing away from the rain.', { with: 'bird feeder' }),
    type('bird bath', 18, 140, 'pedestal, hanging, shallow', 'Shallow at the rim, deep enough for a blackbird\'s dignity.|Roughened inside, for small wet feet.', { with: 'bird seed' }),
    type('bee house', 10, 58, 'solitary, stacked, reed', 'Hollow stems for bees that live alone and like it.|South wall, chest height, and you have tenants by May.', { with: 'wildflower seeds' }),
    type('hedgehog house', 28, 110, 'insulated, tunnelled, turf-roofed', 'A winter den with a hallway that foxes cannot use.|Leaves in, lid on, wait for snuffling.', { with: 'bird seed' }),
  ]),
]);
