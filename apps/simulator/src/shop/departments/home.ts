import { category, department, type } from '../vocabulary.js';

export const home = department('Home', 'Plainfold, Hemsedal, Rowan & Reed, Loomhouse, Quiet Corner, Sandpiper, Atelier Moss, Belgrave Linen', [
  category('Bedding', 'object', [
    type('duvet cover', 28, 210, 'king, double, button-edge', 'Crisp when you get in, soft by the time you notice.|Hidden ties keep the duvet where a duvet should be.', { with: 'pillowcases, fitted sheet' }),
    type('fitted sheet', 15, 95, 'deep-pocket, double, king', 'Deep corners that hold on through restless nights.|Cool to the touch and quick off the line.', { with: 'pillowcases' }),
    type('pillowcases', 10, 70, 'pair of, Oxford, envelope', 'A generous edge and a closure that closes.|Kind to hair, kinder to Monday mornings.', { with: 'pillow' }),
    type('pillow', 18, 120, 'side-sleeper, firm, soft', 'Lofty enough for side sleepers and it stays that way.|Keeps its shape, and your neck keeps its own.', { with: 'pillowcases' }),
    type('throw blanket', 24, 180, 'waffle, herringbone, chunky-knit', 'Lives on the sofa, gets fought over in November.|Heavy enough to notice, light enough to nap under.', { with: 'reading lamp, scented candle' }),
    type('duvet', 45, 320, 'all-season, lightweight, winter', 'Two layers that snap together when the frost comes.|Warm without weight and boxed so nothing drifts.', { with: 'duvet cover' }),
  ]),
  category('Bath', 'object', [
    type('bath towels', 16, 98, 'set of two, waffle, long-loop', 'Drinks up the water and dries before the next one in.|Thick loops, a hanging tab and no fluff on the floor.', { with: 'bath mat, bath salts' }),
    type('bath mat', 12, 68, 'tufted, slatted, quick-dry', 'A soft landing that does not slide.|Dries flat by lunchtime, even in winter.', { with: 'bath towels' }),
    type('shower curtain', 14, 70, 'weighted, extra-long, botanical', 'A weighted hem, so that it hangs back and minds its business.|Rustproof eyelets and a print that cheers up grey mornings.', { with: 'bath mat' }),
    type('bathrobe', 30, 160, 'hooded, waffle, kimono', 'Deep pockets and a belt that stays tied.|The nearest thing to a weekend on a Tuesday.', { with: 'bath towels, slippers' }),
    type('bath salts', 7, 34, 'eucalyptus, lavender, magnesium', 'Half a cup, warm water, a locked door.|Clears the head and softens the day.', { with: 'scented candle', lasts: 35 }),
    type('soap dish', 8, 42, 'draining, ribbed, wall-mounted', 'Drains itself, so the bar lasts twice as long.|A small thing that makes the basin look finished.', { with: 'bar soap' }),
  ]),
  category('Lighting', 'object', [
    type('reading lamp', 28, 190, 'clip-on, swing-arm, dimmable', 'A warm pool on the page and darkness for whoever is asleep.|Bends where you want it and stays there.', { with: 'light bulb, throw blanket' }),
    type('pendant light', 35, 320, 'dome, cluster, woven', 'Hangs low over the table and makes supper look planned.|A soft downward glow with no glare at eye level.', { with: 'light bulb' }),
    type('floor lamp', 55, 380, 'arc, tripod, uplighter', 'Fills the corner that the ceiling light forgets.|A foot switch, a heavy base and a kind light.', { with: 'light bulb' }),
    type('table lamp', 25, 240, 'mushroom, dome, rechargeable', 'Small enough for a shelf, warm enough for an evening.|Three levels, the lowest of which is the one you will use.', { with: 'light bulb' }),
    type('string lights', 10, 60, 'festoon, copper-wire, solar', 'Ten metres of good mood, indoors or out.|Warm white, because cold white is for dentists.', { with: 'garden lounge chair' }),
    type('light bulb', 5, 28, 'filament, smart dimming, globe', 'Warm at 2,200 kelvin and rated for fifteen years.|Dims to a glow with no flicker and no hum.', { lasts: 120 }),
  ]),
  category('Storage', 'object', [
    type('storage basket', 12, 85, 'lidded, woven, tall', 'Swallows toys, blankets and the evidence.|Handles that hold, sides that stand up by themselves.', { with: 'throw blanket' }),
    type('bookshelf', 60, 420, 'ladder, low, wall-hung', 'Deep enough for atlases, light enough to move on a whim.|Goes together with one key and no swearing.', { with: 'table lamp, storage box' }),
    type('storage box', 8, 48, 'stackable, labelled, folding', 'Stacks to the ceiling and folds flat when you have finally sorted it.|A label slot on the front, because you will forget.', { with: 'bookshelf' }),
    type('coat rack', 22, 170, 'wall-mounted, freestanding, five-peg', 'Five pegs at the height where coats want to land.|Takes a family\'s worth of winter without leaning.', { with: 'shoe bench' }),
    type('shoe bench', 40, 230, 'slatted, cushioned, two-tier', 'Somewhere to sit while you argue with your laces.|Two shelves below, one opinionated cushion above.', { with: 'coat rack' }),
    type('desk organiser', 12, 70, 'modular, rolling, magnetic', 'Pens here, cables there, crumbs nowhere.|Small trays that move around until the desk makes sense.', { with: 'notebook' }),
  ]),
  category('Candles & Scent', 'blend', [
    type('scented candle', 9, 68, 'fig, cedar, sea-mist, tomato-leaf', 'Burns evenly for forty hours and smells like somewhere else.|One wick, one clean scent, no headache.', { with: 'candle snuffer, bath salts', lasts: 30 }),
    type('taper candles', 8, 36, 'dipped, twisted, beeswax', 'Hand-dipped, so each leans its own way.|A pair on the table and it is suddenly dinner.', { with: 'candlestick', lasts: 25 }),
    type('candlestick', 12, 88, 'tall, low, chamber', 'Holds a taper upright and a table together.|Weighted at the foot, for elbows and enthusiasm.', { with: 'taper candles' }),
    type('reed diffuser', 14, 72, 'bergamot, white-tea, vetiver', 'Three months of scent without a flame or a plug.|Turn the reeds on Sundays and the room remembers.', { lasts: 75 }),
    type('incense', 6, 30, 'palo santo, hinoki, sandalwood', 'A thin blue line and a room that slows down.|Rolled by hand, burns for twenty-five quiet minutes.', { with: 'incense holder', lasts: 35 }),
    type('incense holder', 9, 48, 'arched, ash-catching, bowl', 'Catches every last bit of ash.|A small landscape for your windowsill.', { with: 'incense' }),
    type('candle snuffer', 9, 32, 'long-handled, bell, hinged', 'Puts the flame out and leaves the smoke polite.|Ends an evening better than blowing does.', { with: 'scented candle' }),
  ]),
]);
