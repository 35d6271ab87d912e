/** Grammars for products that have a title of their own: books, records, games and puzzles. Words in braces are drawn from lists. */
interface Grammar {
  readonly patterns: readonly string[];
  /** `book` titles stand alone; others are followed by what the thing is. */
  readonly form: 'book' | 'record' | 'named';
}

const words: Readonly<Record<string, readonly string[]>> = {
  trade: ['Clockmaker', 'Lighthouse Keeper', 'Beekeeper', 'Cartographer', 'Glassblower', 'Organist', 'Ferryman', 'Apothecary', 'Bookbinder', 'Gardener', 'Locksmith', 'Translator', 'Pearl Diver', 'Archivist'],
  secret: ['Alibi', 'Silence', 'Last Letter', 'Second Key', 'Inheritance', 'Confession', 'Shadow', 'Ledger', 'Wager', 'Missing Hour', 'Winter', 'Promise'],
  place: ['Harrow Lane', 'Saltmarsh', 'Thistle Hill', 'Marrow Bay', 'the Old Mill', 'Quarry House', 'Penhallow', 'Fenwick Green', 'the North Pier', 'Candle Street', 'Blackwater', 'Larch End'],
  crime: ['A Body at', 'Murder at', 'The Vanishing at', 'Poison at', 'A Stranger at', 'Trouble at', 'The Last Guest at'],
  dark: ['Salt', 'Rust', 'Cold', 'Drowned', 'Midnight', 'Hollow', 'Broken', 'Low'],
  harbour: ['Harbour', 'Tide', 'Docks', 'Lanterns', 'Water', 'Bridges', 'Streets', 'Signal'],
  star: ['Orion', 'Vega', 'Halcyon', 'Perihelion', 'Tau Ceti', 'Meridian', 'Aldebaran', 'the Ninth Moon', 'Umbra', 'the Quiet Ring'],
  cosmic: ['The Cartographers of', 'Beyond', 'The Last Ship to', 'Children of', 'A Treaty with', 'The Exiles of', 'Signals from', 'Tea with the Ambassador of'],
  future: ['Forecast', 'Algorithm', 'Quiet Grid', 'Second Internet', 'Drought', 'Mirror City', 'Night Shift', 'Understudy', 'Patch', 'Silent Update'],
  magic: ['River', 'Thorn', 'Lantern', 'Ash', 'Moth', 'Bell', 'Ink', 'Feather', 'Salt'],
  royal: ['Queen', 'Thief', 'Witch', 'Daughter', 'Court', 'Oath', 'Apprentice', 'Throne'],
  vegetable: ['Roots', 'Leaves', 'Leeks', 'Greens', 'Beans', 'Squash', 'Tomatoes', 'Cabbage'],
  dish: ['Crumb', 'Crust', 'Butter', 'Sugar', 'Flour', 'Proof', 'Rise', 'Oven'],
  region: ['Liguria', 'the Alentejo', 'Oaxaca', 'Jutland', 'Kerala', 'Anatolia', 'the Auvergne', 'Hokkaido', 'the Black Sea', 'Galicia'],
  quick: ['One Pan', 'Half an Hour', 'Tuesday Night', 'Home by Seven', 'The Empty Fridge', 'Small Kitchen', 'Supper for Two', 'The Hungry Household'],
  ferment: ['Brine', 'Bubble', 'Culture', 'Wild Yeast', 'Miso', 'Kraut', 'The Living Jar', 'Sour'],
  creature: ['Owls', 'Mosses', 'Seashore Birds', 'Butterflies', 'Trees in Winter', 'Mushrooms', 'Garden Birds', 'Wildflowers', 'Bats', 'Beetles'],
  land: ['Northern Woods', 'British Isles', 'Alps', 'Baltic Coast', 'Atlantic Edge', 'Low Countries'],
  path: ['Long Way to', 'Walking Home to', 'Footsore in', 'A Winter in', 'North of', 'The Slow Road to', 'By Night Train to', 'Letters from'],
  far: ['Trieste', 'the Hebrides', 'Samarkand', 'Patagonia', 'the Faroes', 'Tangier', 'Nagasaki', 'Svalbard', 'Tbilisi', 'the Azores'],
  plot: ['Allotment', 'Border', 'Kitchen Garden', 'Shady Corner', 'Balcony', 'Cutting Garden', 'Orchard', 'Meadow'],
  atlas: ['Winds', 'Rivers', 'Forgotten Borders', 'Islands', 'Migrations', 'Night Skies', 'Salt Roads', 'Lighthouses'],
  topic: ['Salt', 'Glass', 'Clocks', 'Cotton', 'Maps', 'Bread', 'Letters', 'Bridges', 'Silk', 'Numbers', 'Paper', 'Light'],
  person: ['Ada Winterbourne', 'Tomas Reyle', 'Mirabel Osgood', 'Henrik Vaal', 'Constance Aduba', 'Leopold Finch', 'Sofia Marchetti', 'Edith Lund', 'Jun Takeda', 'Rosalind Grey'],
  life: ['The Making of', 'Searching for', 'The Many Lives of', 'Being', 'The Stubborn Genius of', 'The Letters of'],
  wonder: ['Octopuses Dream', 'Rivers Bend', 'We Forget', 'Birds Agree', 'Ice Is Slippery', 'Trees Wait', 'Cats Land', 'Time Hurries', 'Metals Tire', 'Music Hurts'],
  essay: ['Kettles', 'Queues', 'Being Wrong', 'Small Rooms', 'Doing Nothing', 'Umbrellas', 'Borrowed Books', 'Getting Lost', 'Polite Lies', 'Sundays'],
  object: ['Chair', 'Teaspoon', 'Paper Clip', 'Door Handle', 'Alphabet', 'Bicycle', 'Poster', 'Lamp', 'Zip'],
  mood: ['Blue', 'Slow', 'Golden', 'Paper', 'Velvet', 'Distant', 'Evening', 'Little', 'Sunday', 'Electric'],
  noun: ['Lanterns', 'Rivers', 'Letters', 'Rooms', 'Trains', 'Weather', 'Gardens', 'Mirrors', 'Harbours', 'Hours', 'Kites', 'Motel'],
  artist: ['Ida Morel', 'The Night Ferries', 'Cass Okoro Trio', 'Lowland Choir', 'Benny Vaughn', 'Marisol & the Tides', 'Kite Weather', 'Nils Harbo', 'The Paper Suns', 'Delphine Arrow', 'Otis Penhaligon', 'Slow Orchard'],
  realm: ['Tessaly', 'the Salt Coast', 'Verdigris', 'Copper Valley', 'the Lantern Isles', 'Kingfisher Bay', 'the Ninth Orbit', 'Old Mercantile'],
  quest: ['Merchants of', 'Lanterns of', 'Railways of', 'Storms over', 'The Council of', 'Gardens of', 'Pilots of'],
  fun: ['Llama Diplomacy', 'Soup Thieves', 'Who Ate the Moon', 'Pigeon Post', 'Bad Portraits', 'Six Second Opera', 'The Polite Heist', 'Goose on the Loose', 'Overdue', 'Tall Tales', 'Half a Riddle', 'Biscuit Court'],
  scene: ['Harbour at Dusk', 'The Botanist\'s Desk', 'Night Market', 'Alpine Station', 'Library Cat', 'Tidal Pool', 'Rooftops of Lisbon', 'The Map Room', 'Autumn Allotment', 'Deep Sea Parade', 'Hot-Air Balloons', 'Corner Bakery'],
  doors: ['The Curator\'s Vault', 'Nautilus Down', 'The Manor Clock', 'Train to Nowhere', 'The Alchemist\'s Attic', 'Room 29', 'Frozen Station', 'The Last Magician'],
  bedtime: ['The Bear Who', 'The Owl Who', 'The Small Fox Who', 'The Whale Who', 'The Mouse Who'],
  did: ['Borrowed the Moon', 'Would Not Nap', 'Counted Snow', 'Lost Her Hum', 'Baked for Winter', 'Found a Button', 'Mended the Sea', 'Was Almost Blue'],
};

const mystery: Grammar = { form: 'book', patterns: ['The {trade}\'s {secret}', '{crime} {place}', 'The {secret} of {place}'] };
const noir: Grammar = { form: 'book', patterns: ['{dark} {harbour}', 'The {dark} {harbour}', 'The {trade}\'s {secret}'] };
const records: Grammar = { form: 'record', patterns: ['{mood} {noun} by {artist}', '{noun} by {artist}', '{mood} {noun} by {artist}'] };
const games: Grammar = { form: 'named', patterns: ['{quest} {realm}', '{fun}'] };
const party: Grammar = { form: 'named', patterns: ['{fun}'] };

/** By the noun of the product type; types that are not here are named after brand, line, kind and noun. */
export const grammars: Readonly<Record<string, Grammar>> = {
  'locked-room mystery': mystery, 'village mystery': mystery, 'harbour noir': noir, 'police procedural': noir,
  'historical mystery': { form: 'book', patterns: ['The {trade}\'s {secret}', 'The {trade} of {place}'] },
  'space opera': { form: 'book', patterns: ['{cosmic} {star}'] },
  'first-contact novel': { form: 'book', patterns: ['{cosmic} {star}', 'The {trade} of {star}'] },
  'near-future thriller': { form: 'book', patterns: ['The {future}', '{dark} {future}', 'The {trade} and the {future}'] },
  'fantasy novel': { form: 'book', patterns: ['The {magic} {royal}', '{royal} of {magic}', 'A {royal} of {magic} and {magic}'] },
  'short story collection': { form: 'book', patterns: ['{mood} {noun}', 'The {mood} {noun} and Other Stories'] },
  'vegetable cookbook': { form: 'book', patterns: ['{vegetable}, Mostly', 'More {vegetable}', '{vegetable} and {vegetable}', 'A Year of {vegetable}'] },
  'baking book': { form: 'book', patterns: ['{dish} by {dish}', 'The {dish} Book', 'Good {dish}', '{dish}, Patience, {dish}'] },
  'regional cookbook': { form: 'book', patterns: ['The Kitchens of {region}', 'Lunch in {region}', 'A Table in {region}'] },
  'weeknight cookbook': { form: 'book', patterns: ['{quick}', '{quick}, Again', 'More {quick}'] },
  'fermentation handbook': { form: 'book', patterns: ['{ferment}', 'The {ferment} Handbook', 'A Year of {ferment}', '{ferment} at Home'] },
  'field guide': { form: 'book', patterns: ['{creature} of the {land}', 'A Pocket Guide to {creature}', 'Knowing {creature}'] },
  'walking memoir': { form: 'book', patterns: ['{path} {far}'] },
  'travel writing': { form: 'book', patterns: ['{path} {far}', 'The {trade} of {far}'] },
  'gardening book': { form: 'book', patterns: ['The Patient {plot}', 'A Year in the {plot}', 'The {plot} Month by Month', 'The Forgiving {plot}'] },
  'illustrated atlas': { form: 'book', patterns: ['An Atlas of {atlas}', 'The Illustrated Atlas of {atlas}', 'A Child\'s Atlas of {atlas}'] },
  'narrative history': { form: 'book', patterns: ['{topic}: A History', 'The Age of {topic}', 'How {topic} Changed {region}'] },
  biography: { form: 'book', patterns: ['{life} {person}'] },
  'popular science': { form: 'book', patterns: ['Why {wonder}', 'How {wonder}'] },
  'essay collection': { form: 'book', patterns: ['On {essay}', 'In Praise of {essay}', 'On {essay} and {essay}'] },
  'design book': { form: 'book', patterns: ['The Story of the {object}', 'The Good {object}', 'A Field Guide to the {object}'] },
  'picture book': { form: 'book', patterns: ['{bedtime} {did}'] },
  'vinyl record': records, 'seven-inch single': records, 'box set': records,
  'strategy board game': { form: 'named', patterns: ['{quest} {realm}'] }, 'party game': party, 'card game': party, 'cooperative game': games,
  'jigsaw puzzle': { form: 'named', patterns: ['{scene}'] }, 'escape room box': { form: 'named', patterns: ['{doors}'] },
};

/** Replaces each `{list}` by a word of that list; `pick` answers an index below its argument. */
export function expand(pattern: string, pick: (count: number) => number): string {
  const used = new Set<string>();
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const free = (words[name] ?? []).filter((word) => !used.has(word));
    const word = free[pick(free.length)] ?? name;
    used.add(word);
    return word;
  });
}
