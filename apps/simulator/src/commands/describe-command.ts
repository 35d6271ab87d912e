import { DomainError } from '@serendip/shared-errors';
import { Command } from 'commander';
import pc from 'picocolors';
import { readSeedState } from '../seeding/seed-state.js';
import { describeShopper, type Portrait } from '../shoppers/portrait.js';
import { World } from '../world.js';
import { flags } from './flags.js';

interface DescribeFlags {
  readonly shopper?: string;
  readonly seed: number;
  readonly products: number;
  readonly shoppers: number;
  readonly state: string;
  readonly json: boolean;
}

/** `simulator describe` */
export function describeCommand(): Command {
  return new Command('describe')
    .description('Shows what this world is: some products, and a shopper with their true taste.')
    .option('--shopper <id>', 'whom to describe; default: the first demo shopper')
    .addOption(flags.seed()).addOption(flags.products()).addOption(flags.shoppers()).addOption(flags.state()).addOption(flags.json())
    .action(({ shopper: id, state, json, ...size }: DescribeFlags) => {
      const world = new World(readSeedState(state) ?? { ...size, now: Date.now() });
      const shopper = id === undefined ? world.shoppers[0] : world.findShopper(id);
      if (shopper === undefined) throw new DomainError('NOT_FOUND', 'SHOPPER_UNKNOWN', `There is no shopper '${id}': ids are shopper-0001 and so on, or browser-0001 for those who never log in.`);
      const portrait = describeShopper(world, shopper);
      const { items } = world.catalogue;
      const samples = [0.03, 0.2, 0.37, 0.55, 0.72, 0.9].map((at) => items[Math.floor(at * items.length)]!);
      process.stdout.write(json ? `${JSON.stringify({ shopper: portrait, products: samples })}\n` : `${text(world, portrait, samples)}\n`);
    });
}

function text({ catalogue, shoppers }: World, portrait: Portrait, samples: World['catalogue']['items']): string {
  const { lifestyles: { main, second, fading, growing }, styles, brands, interests } = portrait;
  const bar = (strength: number): string => '▪'.repeat(Math.round(strength * 12));
  return [
    pc.bold(`A shop with ${catalogue.products.length.toLocaleString('en')} products and ${shoppers.length.toLocaleString('en')} shoppers. Some products:`),
    ...samples.map(({ title, price, categories, description }) => `  ${title} ${pc.dim(`(${categories.join(' > ')}, €${price})`)}\n    ${description}`),
    '',
    pc.bold(`${portrait.name} (${portrait.id})`),
    `  is a ${main} and a ${second}, less and less a ${fading}, more and more a ${growing}`,
    `  likes ${styles.likes.join(' and ')} things, not ${styles.dislikes.join(' or ')} ones; price level ${portrait.priceLevel} of 1`,
    `  likes ${brands.likes.join(', ') || 'no brand in particular'}; avoids ${brands.dislikes.join(', ') || 'no brand'}`,
    '  interests:',
    ...interests.map(({ category, strength }) => `    ${category.padEnd(34)} ${bar(strength)} ${strength}`),
    '  would love to see:',
    ...portrait.wouldLove.map(({ id, title, price, clickChance }) => `    ${id}  ${title}, €${price} ${pc.dim(`(clicks with ${Math.round(100 * clickChance)} % when seen)`)}`),
  ].join('\n');
}
