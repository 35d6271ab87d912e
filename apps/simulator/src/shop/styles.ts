import type { Voice } from './vocabulary.js';

/** A style is a matter of taste that crosses departments; it is one of a product's tags. */
export interface Style {
  readonly name: string;
  /** Second sentences of descriptions, by the voice of the category. */
  readonly says: Readonly<Record<Voice, readonly string[]>>;
}

export const styles: readonly Style[] = [
  {
    name: 'minimalist',
    says: {
      object: ['Nothing to add and nothing left to take away.', 'Plain, precise and quietly good.', 'Straight lines, no logo, one job.'],
      blend: ['Few ingredients, all of them pronounceable.', 'Made simply, labelled plainly.', 'Nothing in it that does not need to be.'],
      story: ['Spare and exact, with not a word wasted.', 'Small, quiet and complete.', 'Says less and means more.'],
    },
  },
  {
    name: 'classic',
    says: {
      object: ['The shape your parents would recognise.', 'Made the way it was always made.', 'A familiar form, finished properly.'],
      blend: ['The traditional recipe, left well alone.', 'As it was made before anyone improved it.', 'The standard by which the others are judged.'],
      story: ['Told in the grand manner, by a fire.', 'A classic of its kind, in a handsome edition.', 'The sort that gets handed down.'],
    },
  },
  {
    name: 'rustic',
    says: {
      object: ['Rough at the edges, on purpose.', 'Each one bears the mark of whoever made it.', 'Looks as if it came with the farmhouse.'],
      blend: ['Small-batch, and slightly different every time.', 'Made on a farm, by people who get up early.', 'Unrefined in the best sense.'],
      story: ['Smells of woodsmoke and wet fields.', 'Slow, earthy and full of weather.', 'A country story with mud on its boots.'],
    },
  },
  {
    name: 'playful',
    says: {
      object: ['In a colour that starts conversations.', 'Serious about its job and about nothing else.', 'Made to be smiled at, daily.'],
      blend: ['With a flavour of mischief.', 'Bright, a bit silly, hard to resist.', 'For people who start with dessert.'],
      story: ['Funny on every page and kind on most.', 'Witty, quick and slightly naughty.', 'Best enjoyed aloud.'],
    },
  },
  {
    name: 'technical',
    says: {
      object: ['Engineered to the gram, and it shows.', 'Tested until something else broke.', 'Every measurement has a reason.'],
      blend: ['Formulated, measured and measured again.', 'The numbers are on the back, and they are good.', 'Made under a microscope, enjoyed without one.'],
      story: ['Meticulously researched, with diagrams.', 'For people who read the appendix first.', 'Clever, dense and worth the effort.'],
    },
  },
  {
    name: 'eco',
    says: {
      object: ['Recycled, repairable and returned at the end.', 'Made to be mended, with the spare parts to prove it.', 'Light on the planet and not on quality.'],
      blend: ['Organic, plastic-free and traceable to the field.', 'Refill it, plant the label, carry on.', 'Good for the hedgerow it came from.'],
      story: ['The weather gets all the best lines.', 'Printed on recycled paper, with vegetable ink.', 'Green from cover to cover.'],
    },
  },
  {
    name: 'luxe',
    says: {
      object: ['Finished by hand and boxed like a present.', 'A little more than you need, which is the point.', 'Beautifully made and meant to be inherited.'],
      blend: ['Indulgent and entirely unapologetic.', 'The good stuff, in the good box.', 'For evenings that deserve it.'],
      story: ['A collector\'s edition, foil-stamped and ribboned.', 'Sumptuous from the first page.', 'Lavish down to the last detail.'],
    },
  },
  {
    name: 'retro',
    says: {
      object: ['Straight out of 1974, only better made.', 'Looks like the one in the family photographs.', 'A revival of the one you remember.'],
      blend: ['The label from 1962 and the taste to match.', 'An old favourite, brought back by request.', 'Just as the corner shop used to have it.'],
      story: ['A period piece in orange and brown.', 'Rediscovered, remastered, reissued.', 'As good as it was the first time round.'],
    },
  },
];

export const styleNames: readonly string[] = styles.map((style) => style.name);
