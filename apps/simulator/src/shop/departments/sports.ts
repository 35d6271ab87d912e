import { category, department, type } from '../vocabulary.js';

export const sports = department('Sports', 'Startline, Kickstep, Pacer, Relay & Rowe, Tempo Nine, Velos, Ardent, Corsa Bianca', [
  category('Running', 'object', [
    type('trail running shoes', 60, 190, 'cushioned, grippy, low-drop', 'Sticks to wet roots and lets the mud go.|Light, tough and happiest when you cannot see the path.', { with: 'running socks, running vest' }),
    type('road running shoes', 60, 210, 'daily, carbon-plated, stability', 'Soft on landing, quick off the toe.|The pair you reach for when the legs say no.', { with: 'running socks, running watch' }),
    type('running vest', 40, 150, 'five-litre, reflective, twin-flask', 'Carries water, gels and optimism without a bounce.|Everything within reach of a moving hand.', { with: 'water bottle, energy gels' }),
    type('running socks', 7, 22, 'anti-blister, ankle, compression', 'Left and right, seamless, and no slipping at kilometre nine.|Two thin layers that rub each other and not you.', { with: 'road running shoes', lasts: 75 }),
    type('running watch', 70, 430, 'GPS, solar, music', 'Finds the satellites before you find your shoelaces.|Pace at a glance, maps when lost, a fortnight per charge.', { with: 'heart-rate strap' }),
    type('heart-rate strap', 28, 95, 'dual-band, soft, swim-proof', 'Truer than your wrist and gentler than your coach.|Forget that you are wearing it, until the hill.', { with: 'running watch' }),
    type('energy gels', 6, 28, 'caffeinated, citrus, salted-caramel', 'Goes down without water and stays down.|Thirty grams of carbohydrate for the last third.', { with: 'running vest', lasts: 21 }),
  ]),
  category('Yoga', 'object', [
    type('yoga mat', 20, 130, 'grippy, travel, extra-long', 'Holds your hands in down-dog when they would rather leave.|Dense enough for knees, thin enough for balance.', { with: 'yoga block, mat spray' }),
    type('yoga block', 8, 38, 'pair of, tall, soft-edge', 'Brings the floor up to where you are today.|Firm, light and kind at the corners.', { with: 'yoga strap' }),
    type('yoga strap', 6, 24, 'looped, D-ring, long', 'Adds the ten centimetres that your hamstrings will not.|Holds where you cinch it.', { with: 'yoga block' }),
    type('meditation cushion', 22, 98, 'buckwheat, crescent, tall', 'Tilts the hips, straightens the back, quietens the fidget.|Buckwheat shifts until it fits, then stays.', { with: 'incense' }),
    type('yoga leggings', 24, 110, 'high-waist, pocketed, ribbed', 'Stays up in headstand and is opaque in daylight.|Soft, stretchy and with a pocket for the locker key.', { with: 'yoga mat' }),
    type('mat spray', 6, 20, 'lavender, tea-tree, unscented', 'Two sprays, one wipe, no ghost of class past.|Cleans cork and rubber without drying them.', { with: 'yoga mat', lasts: 60 }),
  ]),
  category('Strength', 'object', [
    type('kettlebell', 18, 120, '12 kg, 16 kg, adjustable', 'A smooth handle, a flat foot and no excuses.|Ten minutes of swings and the day is already won.', { with: 'exercise mat, lifting chalk' }),
    type('dumbbell set', 40, 390, 'adjustable, hex, compact', 'Turns a corner of the bedroom into a gym.|One dial, fifteen weights, no pile on the floor.', { with: 'exercise mat, weight bench' }),
    type('resistance bands', 10, 55, 'looped, set of five, handled', 'Five strengths in a bag that fits in a coat pocket.|Snap-proof latex for pull-ups you are working towards.', { with: 'exercise mat' }),
    type('weight bench', 75, 380, 'foldable, incline, compact', 'Seven angles, zero wobble, folds upright behind the door.|Padding firm enough to press from.', { with: 'dumbbell set' }),
    type('pull-up bar', 25, 140, 'doorway, wall-mounted, multi-grip', 'Goes up without screws and comes down without plaster.|Three grips for three kinds of regret tomorrow.', { with: 'resistance bands' }),
    type('exercise mat', 15, 75, 'thick, interlocking, roll-up', 'Saves the floor from the weights and the neighbours from the floor.|Fifteen millimetres of mercy for knees.', { with: 'foam roller' }),
    type('lifting chalk', 5, 16, 'block, liquid, refill', 'Grip when it is heavy and tidy hands after.|Eight blocks, which is a lot of deadlifts.', { with: 'kettlebell', lasts: 60 }),
  ]),
  category('Cycling', 'object', [
    type('cycling helmet', 30, 230, 'ventilated, commuter, aero', 'Fits with one dial and forgets its own weight.|A bright rear light and fourteen ways for air to get in.', { with: 'bike lights, cycling gloves' }),
    type('bike lights', 15, 120, 'front-and-rear, daylight, rechargeable', 'Seen from a kilometre, charged from your laptop.|A cut-off beam, so oncoming riders still like you.', { with: 'bike lock' }),
    type('bike lock', 20, 130, 'folding, D-shaped, chain', 'Heavy enough to be taken seriously.|Two keys, one bracket, better sleep.', { with: 'bike lights' }),
    type('pannier bag', 35, 190, 'roll-top, rear, convertible', 'Groceries on the way home, rucksack at the door.|Clips on one-handed and keeps out sideways rain.', { with: 'bike lock' }),
    type('bib shorts', 45, 230, 'long-distance, gravel, summer', 'A pad for long days that does not walk like one.|Straps that lie flat and pockets where you want a banana.', { with: 'cycling gloves' }),
    type('track pump', 22, 110, 'high-volume, gauged, tubeless', 'A gauge you can read and a head that fits every valve.|Forty strokes to firm, with both feet planted.', { with: 'inner tubes' }),
    type('inner tubes', 5, 20, 'twin-pack, puncture-resistant, lightweight', 'The ride home, folded small.|Two in the saddlebag, because it is always the rear.', { with: 'track pump', lasts: 75 }),
    type('cycling gloves', 14, 70, 'padded, full-finger, mitt', 'Gel where the bars bite and towelling on the thumb.|Works a phone, shakes off a shower.', { with: 'cycling helmet' }),
  ]),
  category('Swimming & Recovery', 'object', [
    type('swim goggles', 10, 60, 'mirrored, wide-view, prescription', 'Seals without suction rings on the way to work.|Clear from the first length to the last.', { with: 'swim cap' }),
    type('swim cap', 6, 24, 'silicone, long-hair, thermal', 'Goes on without a fight and comes off with your hair.|Bright enough for open water.', { with: 'swim goggles' }),
    type('foam roller', 14, 75, 'ridged, compact, vibrating', 'Finds the knot, has a word with it.|Hurts in the way that helps.', { with: 'massage balls' }),
    type('massage balls', 8, 35, 'set of three, spiky, peanut', 'Small, firm and alarmingly accurate.|For feet after runs and shoulders after meetings.', { with: 'foam roller' }),
    type('massage gun', 45, 290, 'mini, quiet, five-head', 'Four speeds, from polite to persuasive.|Quiet enough for the sofa, strong enough for calves.', { with: 'muscle balm' }),
    type('muscle balm', 6, 28, 'arnica, warming, menthol', 'Warm first, cool later, loose by bedtime.|Rub in after the long one and stairs stay possible.', { with: 'massage gun', lasts: 40 }),
    type('water bottle', 10, 48, 'insulated, filter, one-litre', 'Cold for a day, leak-free for years.|A lid that opens with one thumb on the move.', { with: 'granola bars' }),
  ]),
]);
