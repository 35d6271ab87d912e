import { category, department, type } from '../vocabulary.js';

export const clothing = department('Clothing', 'Everyday Co, Tidewear, Field & Thread, Marlow, Osei Studio, Gannet, Piper Lund, Castellane', [
  category('Tops', 'object', [
    type('T-shirt', 10, 65, 'heavyweight, boxy, pocket', 'A collar that stays flat and a hem that stays down.|Soft on day one and still square on day one hundred.', { with: 'jeans, overshirt' }),
    type('Oxford shirt', 28, 140, 'button-down, slim, relaxed', 'Better rumpled than most shirts are pressed.|Works under a jumper, over a T-shirt, at a wedding in a pinch.', { with: 'chinos' }),
    type('jumper', 32, 210, 'crew-neck, cable-knit, roll-neck', 'Warm without bulk, and elbows that last.|The one that people borrow and do not return.', { with: 'beanie, wool coat' }),
    type('hoodie', 25, 130, 'zip-up, loopback, oversized', 'Double-lined hood, deep pockets, no logo.|For mornings, airports and everything after nine.', { with: 'joggers' }),
    type('overshirt', 40, 190, 'corduroy, quilted, workwear', 'Half shirt, half jacket, all autumn.|Four pockets and a good reason for each.', { with: 'T-shirt' }),
    type('blouse', 24, 150, 'pleated, wrap, tie-neck', 'Drapes well, travels well, needs no ironing speech.|A little volume in the sleeve and plenty in the room.', { with: 'midi skirt' }),
  ]),
  category('Bottoms', 'object', [
    type('jeans', 35, 230, 'straight-leg, tapered, wide-leg', 'Stiff for a week and yours for a decade.|The right rise, the right leg, one honest wash.', { with: 'leather belt, T-shirt' }),
    type('chinos', 28, 130, 'slim, pleated, garment-dyed', 'Smart enough for lunch, tough enough for the walk there.|A touch of stretch that nobody needs to know about.', { with: 'Oxford shirt, leather belt' }),
    type('joggers', 22, 110, 'tapered, brushed, cuffed', 'For running errands, and occasionally running.|Zip pockets, soft inside, presentable outside.', { with: 'hoodie' }),
    type('midi skirt', 26, 150, 'pleated, bias-cut, denim', 'Moves when you do and has pockets, yes.|Trainers by day, boots by evening.', { with: 'blouse, tights' }),
    type('linen trousers', 32, 160, 'drawstring, wide, cropped', 'Creases beautifully, like everything on holiday.|Light enough for August and long lunches.', { with: 'leather sandals' }),
    type('tights', 6, 32, '60-denier, fleece-lined, ribbed', 'Hold up, hold on and hold out.|Warm enough to keep the skirt until December.', { with: 'midi skirt', lasts: 60 }),
  ]),
  category('Outerwear', 'object', [
    type('rain shell', 55, 320, 'packable, three-layer, longline', 'Sheds a downpour and stuffs into its own pocket.|Taped seams, a peaked hood and no rustle in the cinema.', { with: 'daypack, wellington boots' }),
    type('wool coat', 80, 480, 'double-breasted, cocoon, duffle', 'Hangs well, wears longer, forgives the scarf.|Dense wool, deep pockets, a lining worth showing.', { with: 'wool scarf, leather gloves' }),
    type('down jacket', 70, 390, 'lightweight, hooded, cropped', 'Warm as a bed and lighter than the bag you pack it in.|Traceable down and baffles that do not leak feathers.', { with: 'beanie' }),
    type('waxed jacket', 85, 380, 'field, biker, hooded', 'Smells of weather and gets better with it.|Rewax each autumn and leave it to your children.', { with: 'wellington boots, wool scarf' }),
    type('fleece jacket', 35, 180, 'high-pile, half-zip, gridded', 'A sheepish texture and a zip that does not snag.|First on in the cold, last off by the fire.', { with: 'rain shell' }),
    type('denim jacket', 45, 210, 'sherpa-lined, boxy, washed', 'Goes with everything except a tuxedo, and even then.|Stiff at the shoulders until it is exactly yours.', { with: 'jeans' }),
  ]),
  category('Footwear', 'object', [
    type('trainers', 40, 220, 'low-top, high-top, retro-runner', 'Clean lines that survive a festival.|Goes with the suit and with the dog walk.', { with: 'running socks, shoe care kit' }),
    type('Chelsea boots', 65, 330, 'chunky, heritage, slim', 'On in a second, smart for a decade.|Elastic that holds and soles that can be replaced.', { with: 'shoe care kit' }),
    type('loafers', 50, 280, 'penny, unlined, tasselled', 'Soft as slippers and dressed for the office.|No laces, no breaking in, no socks if you dare.', { with: 'chinos' }),
    type('wellington boots', 25, 150, 'short, neoprene-lined, adjustable', 'Puddles become a feature of the walk.|A grippy sole and a calf strap for thick socks.', { with: 'boot wax' }),
    type('leather sandals', 28, 150, 'buckled, woven, flat', 'Molds to the foot and then to the summer.|Two straps, one footbed, years of holidays.', { with: 'linen trousers' }),
    type('slippers', 15, 90, 'shearling, clog, felted', 'Warm feet, quiet floors, no hurry.|A sole firm enough for the bins.', { with: 'bathrobe' }),
    type('shoe care kit', 12, 60, 'five-piece, travel, horsehair', 'Cream, brush, cloth, and ten satisfying minutes.|Brings scuffs back from the dead.', { with: 'Chelsea boots', lasts: 120 }),
  ]),
  category('Bags & Accessories', 'object', [
    type('tote bag', 14, 180, 'everyday, weekend, zip-top', 'Holds a laptop, a cardigan and dinner.|Handles long enough for a coat-clad shoulder.', { with: 'leather wallet' }),
    type('backpack', 40, 240, 'roll-top, commuter, mini', 'A hidden pocket for the passport and none for nonsense.|Slim on the train, roomy at the market.', { with: 'water bottle' }),
    type('leather wallet', 20, 140, 'slim, zip-around, bifold', 'Six cards, some notes, no bulge.|Turns the colour of good toffee by next year.', { with: 'leather belt' }),
    type('leather belt', 18, 110, 'plaited, reversible, heritage', 'A solid buckle on a strap that will not crack.|Holds up jeans and standards.', { with: 'jeans' }),
    type('wool scarf', 18, 140, 'oversized, tartan, ribbed', 'Wraps twice and doubles as a plane blanket.|Soft enough for bare necks, long enough for drama.', { with: 'leather gloves, beanie' }),
    type('beanie', 10, 60, 'ribbed, fisherman, cuffed', 'Sits where you put it, not where it wants.|One size, many weathers.', { with: 'wool scarf' }),
    type('leather gloves', 24, 140, 'touchscreen, cashmere-lined, driving', 'Thin, warm and able to answer the phone.|Hand-stitched by people who mind about thumbs.', { with: 'wool scarf' }),
    type('wristwatch', 55, 620, 'field, minimalist, automatic', 'Tells the time and very little else.|A clear dial, a good strap, a quiet tick.', { with: 'leather belt' }),
  ]),
]);
