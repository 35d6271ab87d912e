import type { Voice } from './vocabulary.js';

/** What some product types are made of, by groups; a type in no group has no material. */
const madeOf: readonly (readonly [materials: string, nouns: string])[] = [
  ['stainless steel, walnut, matt black steel', 'burr coffee grinder, gooseneck kettle, coffee scale'],
  ['stoneware, borosilicate glass, porcelain', 'pour-over dripper, espresso cups, dinner plate set, teapot'],
  ['cast iron, carbon steel, stainless steel', 'skillet, saucepan, roasting tin, carbon steel wok'],
  ['enamelled cast iron, bare cast iron', 'Dutch oven'],
  ['Damascus steel, high-carbon steel, stainless steel', "chef's knife, paring knife, mandoline"],
  ['end-grain maple, olive wood, oak', 'chopping board, wooden spoon set, salad bowl'],
  ['granite, marble, stoneware', 'mortar and pestle'],
  ['aluminised steel, stoneware, silicone', 'loaf tin, cake tin'],
  ['stainless steel, brushed brass, titanium finish', 'cutlery set, milk frother'],
  ['recycled glass, crystal, hand-blown glass', 'wine glasses'],
  ['quilted cotton, linen, recycled denim', 'oven gloves'],
  ['linen, cotton percale, organic cotton', 'duvet cover, fitted sheet, pillowcases, linen napkins'],
  ['goose down, wool, recycled fibre', 'pillow, duvet'],
  ['lambswool, cotton, mohair blend', 'throw blanket'],
  ['Turkish cotton, waffle cotton, bamboo', 'bath towels, bathrobe, bath mat'],
  ['linen blend, recycled polyester, organic cotton', 'shower curtain'],
  ['stoneware, terrazzo, olive wood', 'soap dish, incense holder'],
  ['brass, opal glass, ash wood, paper', 'reading lamp, pendant light, floor lamp, table lamp'],
  ['seagrass, felt, woven willow', 'storage basket'],
  ['birch ply, oak, powder-coated steel', 'bookshelf, coat rack, shoe bench, desk organiser, record crate'],
  ['brass, cast iron, stoneware', 'candlestick, candle snuffer'],
  ['terracotta, glazed ceramic, concrete', 'plant pot'],
  ['brass, recycled glass, zinc', 'plant mister, watering can'],
  ['forged steel, stainless steel, carbon steel', 'hand trowel, secateurs, bulb planter, digging fork, fire tools'],
  ['goatskin, waxed canvas, bamboo fibre', 'gardening gloves, tool holster'],
  ['acacia, powder-coated aluminium, rattan', 'garden lounge chair'],
  ['cotton rope, canvas, recycled polyester', 'hammock, outdoor cushion, parasol'],
  ['corten steel, cast iron, stainless steel', 'fire pit'],
  ['cedar, woodcrete, recycled plastic', 'bird feeder, nest box, bee house, hedgehog house, bird bath'],
  ['Nubuck leather, ripstop nylon, suede', 'hiking boots'],
  ['ripstop nylon, waxed canvas, recycled polyester', 'daypack, dry bag, backpack, pannier bag, camera bag'],
  ['merino wool, merino blend', 'merino hiking socks, thermal base layer'],
  ['ripstop polyester, silnylon, cotton canvas', 'tent'],
  ['goose down, recycled synthetic', 'sleeping bag, down jacket'],
  ['enamel, titanium, stainless steel', 'camp mug, camp stove, water bottle'],
  ['suede, microfibre, leather', 'climbing shoes'],
  ['sheepskin, leather, recycled nylon', 'ski gloves'],
  ['ash, beech', 'sledge'],
  ['engineered mesh, recycled polyester', 'trail running shoes, road running shoes'],
  ['natural rubber, cork, jute', 'yoga mat'],
  ['cork, EVA foam, bamboo', 'yoga block'],
  ['recycled nylon, organic cotton', 'yoga leggings, joggers'],
  ['cast iron, rubber-coated steel, vinyl', 'kettlebell, dumbbell set'],
  ['anodised aluminium, walnut, woven fabric', 'bookshelf speakers, portable speaker, turntable, smart speaker'],
  ['aluminium, recycled plastic, memory foam and leather', 'wireless headphones'],
  ['walnut, oak, aluminium', 'headphone stand, monitor arm'],
  ['PBT and aluminium, polycarbonate, walnut', 'mechanical keyboard'],
  ['wool felt, leather, cork', 'desk mat'],
  ['leather, canvas, woven cotton', 'camera strap'],
  ['organic cotton, slub cotton, linen blend', 'T-shirt, Oxford shirt, blouse, overshirt'],
  ['merino, lambswool, cotton, cashmere blend', 'jumper, beanie, wool scarf'],
  ['loopback cotton, brushed fleece', 'hoodie, fleece jacket'],
  ['selvedge denim, organic denim', 'jeans, denim jacket'],
  ['cotton twill, organic twill', 'chinos'],
  ['boiled wool, recycled wool', 'wool coat'],
  ['waxed cotton', 'waxed jacket'],
  ['recycled nylon, three-layer polyester', 'rain shell'],
  ['full-grain leather, suede, vegetable-tanned leather', 'Chelsea boots, loafers, leather sandals, leather wallet, leather belt, leather gloves'],
  ['canvas, leather, suede', 'trainers, tote bag'],
  ['natural rubber', 'wellington boots'],
  ['sheepskin, wool felt', 'slippers'],
  ['stainless steel, titanium, gold-plated steel', 'wristwatch, safety razor'],
  ['pear wood, beech, recycled plastic', 'hair brush, shaving brush, make-up brushes'],
  ['beech, maple', 'wooden blocks, train set, stacking cups, marble run, mechanical puzzle, chess set'],
  ['organic cotton, plush, linen', 'soft toy, hand puppet, dress-up costume'],
  ['muslin, knitted cotton, bamboo', 'baby blanket, muslin cloths'],
  ['natural rubber, beech', 'teether'],
  ['merino, alpaca, cotton, silk blend', 'yarn'],
  ['bamboo, birch, stainless steel', 'knitting needles'],
  ['mahogany, spruce, maple', 'acoustic guitar, ukulele, kalimba'],
  ['brass, resin, aluminium', 'fountain pen'],
  ['cloth, recycled paper, leather', 'notebook, sketchbook, photo album, weekly planner'],
];

/** Types that speak otherwise than the rest of their category. */
const voices: Readonly<Record<Voice, string>> = {
  object: 'teapot, bamboo whisk, candlestick, candle snuffer, incense holder, seed tray, hair brush, hair dryer, make-up brushes, safety razor, razor blades, shaving brush, puzzle mat, mechanical puzzle, chess set, card sleeves, record sleeves, record crate, record brush',
  blend: 'coffee beans, paper coffee filters, bread flour, peat-free compost, liquid plant food, bird seed, boot wax, fuel canister, climbing chalk, lifting chalk, energy gels, mat spray, muscle balm, bottled ink, model paints, play dough',
  story: 'topographic map, knitting pattern, sheet music, colouring book, picture book, greeting cards',
};

/** Objects for which a colour makes no sense. */
const withoutColour = `trailing plant, statement plant, succulent, light bulb, compass, chess set, guitar strings, instant film, memory card, inner tubes,
  whetstone, mortar and pestle, chopping board, pan scrubber, bamboo steamer, proving basket, bread lame, wooden spoon set, stylus brush, prime lens, lens cloth,
  watercolour set, watercolour paper, stretched canvas, acrylic paints, paint brushes, pencil set, crayons, digital piano, kalimba, acoustic guitar, wooden blocks,
  quickdraw set, belay device, fire pit, fire tools, sledge, bee house, hedgehog house, nest box, heart-rate strap, swim goggles, craft kit, model kit, train set,
  razor blades, bamboo whisk, skillet, chef's knife, paring knife, mandoline, wine glasses, gel pens, vacuum bags, hand warmers, icing set, hand trowel, secateurs,
  bulb planter, digging fork, light bulb, record brush, roasting tin, carbon steel wok, loaf tin, cake tin, cutlery set, monitor, card sleeves, record sleeves`;

const list = (text: string): string[] => text.split(',').map((part) => part.trim());

export const materialsByNoun: ReadonlyMap<string, readonly string[]> = new Map(
  madeOf.flatMap(([materials, nouns]) => list(nouns).map((noun) => [noun, list(materials)] as const)),
);

export const voiceByNoun: ReadonlyMap<string, Voice> = new Map(
  (['object', 'blend', 'story'] as const).flatMap((voice) => list(voices[voice]).map((noun) => [noun, voice] as const)),
);

export const nounsWithoutColour: ReadonlySet<string> = new Set(list(withoutColour));
