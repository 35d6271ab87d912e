import { category, department, type } from '../vocabulary.js';

export const kitchen = department('Kitchen', 'Pantrywise, Tolley, Nordkoken, Brask & Bell, Hearthlane, Sorrel House, Ottavia, Maison Verrine', [
  category('Coffee', 'object', [
    type('burr coffee grinder', 45, 320, 'conical, hand-cranked, quiet-drive', 'Forty clicks take you from espresso to cold brew without retuning your patience.|Grinds so evenly that even a supermarket bag tastes considered.', { with: 'coffee beans, pour-over dripper, coffee scale' }),
    type('coffee beans', 9, 28, 'Ethiopian, Colombian, house espresso, decaf, Guatemalan', 'Roasted on Mondays, posted on Tuesdays, usually gone by Friday week.|Stone fruit up front, cocoa behind, and no bitterness to apologise for.', { with: 'paper coffee filters, milk frother', lasts: 14 }),
    type('pour-over dripper', 14, 75, 'ribbed, double-wall, travel', 'Spiral ribs let the bloom breathe and keep the drawdown slow.|Three minutes of pouring, one very good cup.', { with: 'paper coffee filters, gooseneck kettle, coffee beans' }),
    type('paper coffee filters', 4, 12, 'unbleached, cone, flat-bottom', 'Thick enough to hold the sludge back, thin enough not to taste of paper.|One hundred in a box, which is about three months of mornings.', { with: 'coffee beans', lasts: 30 }),
    type('gooseneck kettle', 35, 190, 'variable-temperature, stovetop, one-litre', 'The spout pours a line as thin as a pencil stroke.|Holds any temperature to the degree while you look for your mug.', { with: 'pour-over dripper, coffee scale' }),
    type('milk frother', 18, 95, 'handheld, induction, four-setting', 'Turns cold oat milk into something you could draw a fern on.|Silky in forty seconds and rinses clean in ten.', { with: 'coffee beans, espresso cups' }),
    type('coffee scale', 19, 140, 'rechargeable, slim, timer', 'Reads to a tenth of a gram and times the pour, so good cups can be repeated.|Small enough for the drip tray, quick enough for espresso.', { with: 'coffee beans' }),
  ]),
  category('Cookware', 'object', [
    type('skillet', 25, 180, '26 cm, pre-seasoned, deep', 'Gets properly hot and stays there, which is most of what searing asks.|Eggs slide, steaks crust, and it will outlive the hob.', { with: 'pan scrubber, oven gloves' }),
    type('Dutch oven', 60, 390, 'five-quart, oval, shallow', 'From hob to oven to table, with the lid doing the patient work.|Heavy walls turn cheap cuts into Sunday dinners.', { with: 'oven gloves, wooden spoon set' }),
    type('saucepan', 22, 210, 'two-litre, lipped, lidded', 'A drip-free lip and a lid that actually fits.|Even heat to the edge, so the custard stays a custard.', { with: 'wooden spoon set' }),
    type('carbon steel wok', 28, 130, 'flat-bottom, hand-hammered, 33 cm', 'Light enough to toss, thin enough to scorch in the good way.|Blackens with use until nothing sticks but compliments.', { with: 'bamboo steamer, chilli oil' }),
    type('bamboo steamer', 14, 45, 'two-tier, three-tier, 25 cm', 'Stack it over a wok and dinner steams itself on two floors.|Dumplings above, greens below, one pan to wash.', { with: 'carbon steel wok' }),
    type('roasting tin', 18, 120, 'racked, deep-sided, large', 'Rigid enough not to pop in a hot oven, wide enough for proper potatoes.|The rack lifts the bird so that everything beneath it gets better.', { with: 'oven gloves' }),
    type('pan scrubber', 5, 18, 'chainmail, coconut-fibre, copper', 'Takes off what is stuck and leaves the seasoning where it is.|Rinse, scrub, hang it up; no soap and no soaking.', { with: 'skillet', lasts: 60 }),
    type('oven gloves', 9, 40, 'quilted, long-cuff, pair of', 'Long enough for the back of the oven and thick enough to take your time.|Quilted cotton, a hanging loop and no sudden surprises.', { with: 'roasting tin' }),
    type('wooden spoon set', 8, 44, 'slotted, three-piece, carved', 'A corner for the corners and a bowl for the tasting.|Carved from one piece and kinder to pans than you are.', { with: 'saucepan' }),
  ]),
  category('Knives & Prep', 'object', [
    type("chef's knife", 35, 340, '20 cm, hand-forged, Japanese-style', 'Balanced at the bolster and sharp enough to make onions polite.|One good blade that does nine jobs out of ten.', { with: 'whetstone, chopping board' }),
    type('paring knife', 12, 95, 'bird-beak, curved, sheathed', 'For strawberries, garlic and every fiddly thing in between.|A small blade that ends up in your hand more than any other.', { with: "chef's knife, chopping board" }),
    type('whetstone', 18, 110, 'double-sided, 1000/6000, water', 'Ten minutes a month and the drawer feels new again.|Coarse side to repair, fine side to polish, rubber foot to keep it still.', { with: "chef's knife" }),
    type('chopping board', 15, 160, 'reversible, juice-groove, thick', 'Kind to edges and heavy enough to stay where you put it.|A groove for the roast on one side, a flat for pastry on the other.', { with: "chef's knife" }),
    type('mandoline', 22, 130, 'adjustable, folding, julienne', 'Paper-thin fennel in seconds, with a guard worth using.|Set the dial, slide, and the gratin makes itself.', { with: 'salad bowl' }),
    type('mortar and pestle', 16, 85, 'granite, heavy, wide', 'Pesto tastes greener when the leaves are bruised, not sliced.|Two kilos of stone that turns seeds into perfume.', { with: 'whole spices' }),
  ]),
  category('Baking', 'object', [
    type('stand mixer', 120, 560, 'tilt-head, five-litre, quiet', 'Kneads brioche for ten minutes while you do something else.|A planetary hook, a heavy base and a hum, not a roar.', { with: 'loaf tin, bread flour, cake tin' }),
    type('loaf tin', 9, 48, 'two-pound, lidded, fluted', 'Straight sides for a square slice and a clean release.|Heavy-gauge, so the crust browns before the crumb dries.', { with: 'bread flour, proving basket' }),
    type('cake tin', 10, 55, 'springform, loose-base, 20 cm', 'The clasp holds tight until you ask it not to.|Even heat, level tops, nothing left behind on the base.', { with: 'icing set' }),
    type('proving basket', 12, 46, 'rattan, oval, lined', 'Leaves the rings on the crust that say somebody cared.|Cane breathes, so the skin firms up and the loaf keeps its shape.', { with: 'bread flour, bread lame' }),
    type('bread flour', 4, 15, 'stoneground, strong white, wholemeal, rye', 'Milled slowly from one farm\'s wheat, with the protein to hold big bubbles.|A flour with a flavour of its own, which plain bread shows off.', { with: 'proving basket, loaf tin', lasts: 21 }),
    type('bread lame', 8, 38, 'curved, walnut-handled, magnetic', 'A clean slash, an open ear, and a very good photograph.|Five spare blades and a cover, because it is that sharp.', { with: 'proving basket' }),
    type('icing set', 9, 42, '24-piece, Russian-tip, beginner', 'From ruffles to rosettes, with couplers that do not leak.|Everything for a birthday cake that looks bought, in the good sense.', { with: 'cake tin' }),
  ]),
  category('Tableware', 'object', [
    type('dinner plate set', 28, 190, 'four-piece, six-piece, coupe', 'A rim just high enough to keep the sauce in its place.|Stacks neatly, survives the dishwasher, flatters the food.', { with: 'cutlery set, linen napkins' }),
    type('cutlery set', 30, 240, '16-piece, 24-piece, brushed', 'Forks with weight, knives with an edge, spoons you want to keep.|Comfortable in the hand long before you notice why.', { with: 'dinner plate set' }),
    type('espresso cups', 14, 80, 'set of four, double-wall, thick-walled', 'Thick walls keep two mouthfuls hot until the second.|Small, stackable and hard to put down.', { with: 'coffee beans' }),
    type('wine glasses', 18, 150, 'set of six, stemless, tulip', 'Thin at the lip, sturdy at the foot, honest about the wine.|They ring when you toast and forgive when you knock.', { with: 'linen napkins' }),
    type('salad bowl', 20, 120, 'wide, footed, with servers', 'Room enough to dress the leaves without losing half of them.|Sits in the middle of the table as if it had always been there.', { with: 'dinner plate set' }),
    type('linen napkins', 16, 72, 'set of four, stonewashed, fringed', 'Soft from the first wash and better by the fiftieth.|Nobody irons them and nobody minds.', { with: 'dinner plate set, taper candles' }),
  ]),
]);
