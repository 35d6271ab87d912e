/** Model lines that may follow a brand ("Brask & Bell Fjord …"). */
export const lines: readonly string[] = [
  'Alder', 'Arc', 'Aster', 'Birch', 'Bramble', 'Brook', 'Canto', 'Cinder', 'Clover', 'Cove', 'Dale', 'Dune', 'Ember', 'Fable', 'Fern', 'Finch',
  'Fjord', 'Flint', 'Gale', 'Grove', 'Harbour', 'Haven', 'Heron', 'Isla', 'Juno', 'Kestrel', 'Lark', 'Linden', 'Loch', 'Lumen', 'Maple', 'Meadow',
  'Mesa', 'Mica', 'Nova', 'Oak', 'Onda', 'Otter', 'Pebble', 'Pine', 'Quill', 'Reef', 'Rill', 'Rowan', 'Sable', 'Sage', 'Solstice', 'Sparrow',
  'Summit', 'Tern', 'Thistle', 'Tide', 'Vale', 'Vesper', 'Wander', 'Willow', 'Wren', 'Zephyr',
];

export const colours: readonly string[] = [
  'black', 'white', 'sage green', 'navy', 'terracotta', 'mustard', 'oat', 'charcoal', 'sky blue', 'blush', 'forest green', 'rust', 'slate', 'plum', 'natural', 'teal',
];

export const firstNames: readonly string[] = [
  'Maya', 'Theo', 'Ines', 'Jonas', 'Amara', 'Felix', 'Priya', 'Oskar', 'Leila', 'Mateo', 'Freya', 'Kenji', 'Nora', 'Samir', 'Clara', 'Tomás',
  'Yara', 'Emil', 'Zoe', 'Ravi', 'Hanna', 'Luca', 'Adaeze', 'Noel', 'Signe', 'Omar', 'Elise', 'Bruno', 'Mei', 'Caleb', 'Ida', 'Rafael',
  'Anouk', 'Tariq', 'Greta', 'Hugo', 'Selma', 'Diego', 'Nia', 'Viktor', 'Wanda', 'Ilya', 'Juno', 'Malik', 'Petra', 'Quentin', 'Rosa', 'Stellan',
];

export const lastNames: readonly string[] = [
  'Abbott', 'Ahlberg', 'Bianchi', 'Brandt', 'Castro', 'Dahl', 'Duarte', 'Eriksen', 'Farah', 'Fontaine', 'Grant', 'Haddad', 'Holm', 'Ito', 'Jansen', 'Kaur',
  'Keller', 'Lindgren', 'Mbeki', 'Meyer', 'Moreau', 'Nakamura', 'Novak', 'Okafor', 'Osei', 'Park', 'Quinn', 'Reyes', 'Rossi', 'Sato', 'Silva', 'Tanaka',
  'Thorne', 'Ueda', 'Varga', 'Vega', 'Walsh', 'Weber', 'Yilmaz', 'Zamora',
];

export const cities: readonly string[] = [
  'Lisbon', 'Bristol', 'Aarhus', 'Lyon', 'Ghent', 'Porto', 'Leipzig', 'Cork', 'Turin', 'Malmö', 'Utrecht', 'Kraków', 'Valencia', 'Tampere', 'Graz', 'Glasgow',
];
