/** `npm run eval -- shop-difficulty`: how much of the best possible reward simple recommenders earn in the demo shop. */
import { measureDifficulty, type Share } from '@serendip/simulator';
import { note, show, type Outcome } from '../shared/show.ts';

const situations = ['overall', 'arriving', 'browsing'] as const;

/** Mean over worlds, name by name. */
function average(worlds: readonly (readonly Share[])[]): readonly Share[] {
  return worlds[0]!.map(({ name }, row) => ({
    name, ...Object.fromEntries(situations.map((situation) => [situation, worlds.reduce((sum, shares) => sum + shares[row]![situation], 0) / worlds.length])),
  }) as Share);
}

function print(shares: readonly Share[]): void {
  console.log(`\n  ${'share of the oracle'.padEnd(22)}${situations.map((situation) => situation.padStart(10)).join('')}`);
  for (const share of shares) console.log(`  ${share.name.padEnd(22)}${situations.map((situation) => share[situation].toFixed(3).padStart(10)).join('')}  ${'█'.repeat(Math.round(share.overall * 40))}`);
}

function positive(flag: string | boolean | undefined, fallback: number): number {
  const value = flag === undefined ? fallback : Number(flag);
  if (!Number.isInteger(value) || value < 1) throw new Error(`'${flag}' is not a whole number of at least 1.`);
  return value;
}

await show({
  name: 'shop-difficulty',
  help: 'Members of the demo shop are asked what they would do with a list of ten, when they arrive and again after they looked at a few products; their true\n'
    + 'taste gives the exact expected reward of any list. Recommenders learn from the history of events only. 1 is the best possible list (the oracle\'s).\n'
    + 'It is about the generated shop and uses no real data.',
  options: {
    worlds: { type: 'string', help: 'worlds (seeds) to average over, 3 by default' },
    sample: { type: 'string', help: 'members asked in each world, 400 by default' },
    events: { type: 'string', help: 'events of history in each world, 40,000 by default' },
  },
  async run({ data, flags }): Promise<Outcome> {
    if (data !== undefined) note('--data is of no use here: in real data nobody\'s true taste is known.');
    const [worlds, sample, events] = [positive(flags.worlds, 3), positive(flags.sample, 400), positive(flags.events, 40_000)];
    const now = Date.UTC(2026, 10, 23, 12);
    const measured = Array.from({ length: worlds }, (_, i) => {
      const shares = measureDifficulty({ seed: i + 1, now, sample, events });
      note(`world ${i + 1}: ${shares.map(({ name, overall }) => `${name} ${overall.toFixed(3)}`).join(', ')}`);
      return shares;
    });
    const shares = average(measured);
    print(shares);
    const figures = Object.fromEntries(shares.map(({ name, overall }) => [name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), Math.round(overall * 10_000) / 10_000]));
    return { figures: { ...figures, worlds, sample, events }, targets: { oracle: { equals: 1 }, popularity: { atMost: 0.4 }, itemToItem: { atMost: 0.65 } } };
  },
});
