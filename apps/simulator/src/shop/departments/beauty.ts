import { category, department, type } from '../vocabulary.js';

export const beauty = department('Beauty', 'Plainly, Dewdrop, Botanica Nine, Fernwell, Sable & Rose, Halcyon, Petra Noir, Maison Iris', [
  category('Skincare', 'blend', [
    type('facial cleanser', 7, 48, 'gel, cream, oil', 'Takes off the day and leaves the skin where it was.|No squeak, no sting, no scent to argue with.', { with: 'face moisturiser, facial toner', lasts: 45 }),
    type('face moisturiser', 9, 88, 'lightweight, barrier, overnight', 'Sinks in before you have found your socks.|Plump, calm and matt by the time the bus comes.', { with: 'sunscreen', lasts: 45 }),
    type('facial serum', 12, 120, 'vitamin C, hyaluronic, niacinamide', 'Three drops, morning light, visible in a fortnight.|One active, well made, at a strength that works.', { with: 'face moisturiser', lasts: 45 }),
    type('sunscreen', 9, 45, 'SPF 50, tinted, mineral', 'Sheer on every skin and friendly to eyes.|The step that makes all the others worth it.', { with: 'after-sun balm', lasts: 40 }),
    type('facial toner', 8, 42, 'rose, exfoliating, milky', 'A splash of calm between washing and everything else.|Gentle acids at night, a better mirror by Sunday.', { with: 'facial serum', lasts: 45 }),
    type('clay mask', 8, 46, 'pink, charcoal, ten-minute', 'Ten minutes of looking ridiculous for three days of looking rested.|Draws out the week without drawing tight.', { with: 'face moisturiser', lasts: 50 }),
    type('after-sun balm', 7, 30, 'aloe, cooling, shimmer', 'Cool from the fridge, kind to shoulders.|Puts out the glow and keeps the colour.', { lasts: 60 }),
  ]),
  category('Haircare', 'blend', [
    type('shampoo', 6, 38, 'volumising, gentle, anti-frizz', 'Clean roots, soft ends and a lather that behaves.|Smells of figs until lunch.', { with: 'conditioner', lasts: 35 }),
    type('conditioner', 6, 40, 'leave-in, repairing, lightweight', 'Combs through like a change of subject.|Weight for dry ends and none for the rest.', { with: 'hair oil', lasts: 35 }),
    type('hair oil', 9, 62, 'argan, camellia, finishing', 'Two drops, palms together, done.|Tames the halo and leaves the shine.', { with: 'hair brush', lasts: 70 }),
    type('hair brush', 9, 110, 'paddle, detangling, boar-bristle', 'Gets through knots without the sound effects.|Bristles set by hand in pear wood.', { with: 'hair oil' }),
    type('styling clay', 8, 36, 'matt, strong-hold, sea-salt', 'Holds all day and rinses out in one go.|Looks like nothing, does quite a lot.', { with: 'shampoo', lasts: 60 }),
    type('hair dryer', 35, 390, 'ionic, travel, quiet', 'Dry in four minutes and quiet enough to think.|Cool shot, long cord, light wrist.', { with: 'hair brush' }),
  ]),
  category('Fragrance', 'blend', [
    type('eau de parfum', 28, 210, 'woody, floral, citrus, smoky', 'Opens bright, settles close, is still there at the door.|Smells like rain on warm stone, if you ask us.', { with: 'body lotion', lasts: 120 }),
    type('cologne', 18, 130, 'bergamot, vetiver, sea-salt', 'A splash after the shower and the day has edges.|Light, green and gone by dinner, politely.', { with: 'shaving soap', lasts: 90 }),
    type('solid perfume', 12, 52, 'jasmine, amber, tea', 'A tin for the pocket and a scent for one person at a time.|Warms on the wrist and never spills in the bag.', { lasts: 90 }),
    type('room spray', 9, 48, 'linen, cedar, neroli', 'Two pumps before the doorbell.|Clean sheets, open window, no visible effort.', { with: 'scented candle', lasts: 60 }),
    type('discovery set', 18, 85, 'six-vial, seasonal, bestseller', 'Six small bottles and a week of changing your mind.|The full-size price comes off your favourite.', { with: 'eau de parfum' }),
  ]),
  category('Make-up', 'blend', [
    type('lipstick', 8, 46, 'satin, matt, sheer', 'One swipe, all the colour, none of the desert.|Stays through coffee and most of lunch.', { with: 'lip liner', lasts: 120 }),
    type('lip liner', 5, 26, 'nude, waterproof, retractable', 'Soft enough to blend and firm enough to draw.|Keeps the lipstick inside the lines.', { with: 'lipstick', lasts: 120 }),
    type('mascara', 8, 42, 'lengthening, tubing, brown', 'Lifts, separates and comes off with warm water.|No flakes by four o\'clock.', { with: 'make-up remover', lasts: 75 }),
    type('skin tint', 12, 58, 'dewy, SPF 30, buildable', 'Your face after a good night.|Goes on with fingers, evens what you want and leaves the freckles.', { with: 'cream blush', lasts: 75 }),
    type('cream blush', 9, 44, 'peach, berry, stick', 'Taps on warm, like you walked here.|Melts in and lasts until the evening plans.', { with: 'make-up brushes', lasts: 120 }),
    type('make-up brushes', 14, 120, 'set of five, vegan, travel', 'Dense, soft and still whole after fifty washes.|Five shapes that do the work of twelve.', { with: 'skin tint' }),
    type('make-up remover', 6, 32, 'balm, micellar, oil', 'Melts mascara without the rubbing.|Off in one pass, even the stubborn red.', { with: 'facial cleanser', lasts: 45 }),
  ]),
  category('Grooming & Body', 'blend', [
    type('shaving soap', 7, 36, 'sandalwood, unscented, lime', 'Builds a lather that stands up by itself.|A puck that lasts until the season changes.', { with: 'safety razor, shaving brush', lasts: 60 }),
    type('safety razor', 18, 120, 'butterfly, heavyweight, closed-comb', 'One blade, good weight, fewer regrets.|Steel for life and pennies per shave.', { with: 'shaving soap, razor blades' }),
    type('razor blades', 4, 18, 'platinum, fifty-pack, ten-pack', 'Sharp, smooth and very recyclable.|A year of mornings in a matchbox.', { with: 'safety razor', lasts: 45 }),
    type('shaving brush', 14, 95, 'synthetic, travel, silvertip', 'Soft tips, firm middle, warm handle.|Lifts the stubble and the mood.', { with: 'shaving soap' }),
    type('beard oil', 8, 38, 'cedar, citrus, unscented', 'Softens the beard and the person next to it.|Three drops in the morning, comb, coffee.', { with: 'hair brush', lasts: 60 }),
    type('bar soap', 3, 16, 'olive-oil, oatmeal, charcoal', 'Cured for eight weeks, so it lasts for six.|Creamy lather, paper wrap, clean basin.', { with: 'soap dish', lasts: 30 }),
    type('body lotion', 7, 48, 'almond, unscented, shea', 'Soaks in by the time you have brushed your teeth.|Soft elbows without a trace on the sheets.', { with: 'bath salts', lasts: 40 }),
    type('hand cream', 4, 26, 'rosehip, gardener\'s, travel', 'For hands that dig, wash up or merely type.|Rich at night and never greasy at noon.', { with: 'bar soap', lasts: 40 }),
  ]),
]);
