import { category, department, type } from '../vocabulary.js';

export const outdoors = department('Outdoors', 'Trailhead, Backfell, Stonecrop, Skarn, Hollow Ridge, Northmark, Fjellvik, Alta Prima', [
  category('Hiking', 'object', [
    type('hiking boots', 70, 290, 'waterproof, mid-cut, lightweight', 'Broken in by the second hill and dry after the third bog.|A grippy sole, a roomy toe and ankles that thank you.', { with: 'merino hiking socks, boot wax' }),
    type('daypack', 35, 180, '20-litre, roll-top, framed', 'Sits high, breathes well, opens where you expect it.|Two bottle pockets you can reach without taking it off.', { with: 'water bottle, rain shell' }),
    type('trekking poles', 25, 160, 'folding, cork-grip, carbon', 'They save the knees on the way down and the pride on the way up.|Fold to the length of a baguette.', { with: 'hiking boots' }),
    type('merino hiking socks', 9, 32, 'crew, cushioned, liner', 'Three days without complaint from you or your tent-mate.|Padded where boots rub and nowhere else.', { with: 'hiking boots', lasts: 90 }),
    type('topographic map', 8, 22, 'waterproof, folded, coastal', 'Every stile, spring and ruin, and it never loses signal.|Prints the contour you are about to regret.', { with: 'compass' }),
    type('compass', 12, 85, 'baseplate, mirrored, luminous', 'Settles in a second and points the same way every time.|A clear base, big numbers, no batteries.', { with: 'topographic map' }),
    type('boot wax', 6, 19, 'beeswax, neutral, spray-on', 'Rub it in warm and water gives up.|Two coats in autumn keep leather supple until spring.', { with: 'hiking boots', lasts: 90 }),
  ]),
  category('Camping', 'object', [
    type('tent', 90, 620, 'two-person, four-season, family', 'Up in six minutes, including the argument about poles.|A porch for wet boots and a roof you can sit up under.', { with: 'sleeping bag, sleeping mat, headlamp' }),
    type('sleeping bag', 45, 420, 'three-season, quilted, mummy', 'Warm to freezing and packs smaller than a loaf.|A hood that closes to a nose-sized hole.', { with: 'sleeping mat' }),
    type('sleeping mat', 28, 210, 'inflatable, foam, insulated', 'Eight centimetres between you and the roots.|Quiet when you turn over, which the other tent appreciates.', { with: 'sleeping bag' }),
    type('camp stove', 25, 170, 'gas, wood-burning, twin-burner', 'Boils half a litre in two minutes, wind or no wind.|Folds into its own pot and out of the way.', { with: 'fuel canister, camp mug' }),
    type('headlamp', 16, 110, 'rechargeable, red-light, running', 'Two hundred lumens for the path, red light for the tent.|A button you can find with gloves on.', { with: 'tent' }),
    type('fuel canister', 5, 14, 'four-season, 230 g, twin-pack', 'Lights first time, even in frost.|About twelve suppers, or one very long coffee.', { with: 'camp stove', lasts: 45 }),
    type('camp mug', 8, 42, 'half-litre, insulated, folding', 'Chips with dignity and keeps the tea hot past sunrise.|Holds soup, coffee and, once, a frog.', { with: 'camp stove' }),
  ]),
  category('Climbing', 'object', [
    type('climbing shoes', 55, 190, 'aggressive, all-day, slip-on', 'Stands on edges that you would not call edges.|Snug, not cruel, and resoleable twice.', { with: 'climbing chalk, chalk bag' }),
    type('climbing harness', 45, 150, 'sport, adjustable, featherweight', 'Padded where you hang and trim where you move.|Four gear loops and a buckle you can trust without looking.', { with: 'belay device, climbing rope' }),
    type('climbing rope', 90, 280, '60 m, dry-treated, gym', 'Handles like silk and catches like a friend.|A middle mark you can find in the rain.', { with: 'quickdraw set, belay device' }),
    type('quickdraw set', 60, 170, 'six-piece, wiregate, sport', 'Clips clean, unclips cleaner.|Fat slings for grabbing, which nobody will mention.', { with: 'climbing rope' }),
    type('climbing chalk', 5, 18, 'loose, liquid, chunky', 'Dry hands, and no excuse left.|Coarse crumble, fine finish, one big bag.', { with: 'chalk bag', lasts: 45 }),
    type('chalk bag', 12, 45, 'brush-loop, wide-mouth, fleece-lined', 'Stiff rim, soft lining and a pocket for a key.|Closes properly, so the rucksack stays its own colour.', { with: 'climbing chalk' }),
    type('belay device', 18, 110, 'assisted, tubular, guide', 'Feeds smoothly and grabs when it counts.|One more reason to look up while you hold the rope.', { with: 'climbing harness' }),
  ]),
  category('Paddling', 'object', [
    type('paddle board', 190, 780, 'inflatable, touring, all-round', 'Pumps hard as a door and rolls into a rucksack.|Steady enough for a dog with opinions.', { with: 'paddle, dry bag, life vest' }),
    type('kayak', 320, 1200, 'folding, touring, sit-on-top', 'Ten minutes from boot of the car to the middle of the lake.|Tracks straight and turns when asked nicely.', { with: 'paddle, life vest' }),
    type('paddle', 35, 260, 'adjustable, feathered, three-piece', 'Light in the air, quiet in the water.|Three pieces, one click, no wobble.', { with: 'dry bag' }),
    type('dry bag', 10, 55, '20-litre, roll-top, clear', 'Roll it three times and it floats with your phone inside.|For socks, sandwiches and anything that sulks when wet.', { with: 'paddle board' }),
    type('life vest', 40, 190, 'low-profile, zip-front, child', 'Cut high at the arm, so you forget that you are wearing it.|Floats you face-up and has a pocket for a snack.', { with: 'paddle board' }),
    type('wetsuit', 60, 320, '3/2 mm, hooded, sleeveless', 'Gets you in the water in April and keeps you there.|Soft seams, long zip cord, fewer contortions.', { with: 'dry bag' }),
  ]),
  category('Winter', 'object', [
    type('ski goggles', 35, 220, 'photochromic, low-light, over-glasses', 'Reads flat light like a large-print book.|No fog on the lift, no gap at the helmet.', { with: 'ski gloves' }),
    type('ski gloves', 28, 170, 'mitten-style, three-finger, heated', 'Warm at minus fifteen and nimble enough for zips.|A nose-wipe thumb, which we all pretend not to need.', { with: 'hand warmers' }),
    type('thermal base layer', 24, 130, 'crew-neck, zip-neck, leggings', 'Warm when you stop and dry while you climb.|Merino that does not itch and barely needs washing.', { with: 'merino hiking socks' }),
    type('snowshoes', 65, 290, 'all-terrain, lightweight, steep', 'Float over drifts that would have your thighs for breakfast.|A heel lift for the steep bit, a strap that opens with mittens.', { with: 'trekking poles' }),
    type('sledge', 24, 150, 'high-backed, steerable, two-seat', 'Ash runners, a rope handle and no age limit.|Steers a little, brakes less, is remembered for ever.', { with: 'hot chocolate' }),
    type('hand warmers', 5, 40, 'reusable, rechargeable, charcoal', 'Click the disc and it is warm for an hour and a half.|Two in the pockets and the queue is nobody\'s problem.', { with: 'ski gloves', lasts: 60 }),
  ]),
]);
