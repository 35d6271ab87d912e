import { InvalidArgumentError, Option } from 'commander';

export const defaultSeed = 1;

/** Parses a number within a range; commander shows the message. */
export const number = (lowest: number, highest = Number.MAX_SAFE_INTEGER) => (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < lowest || value > highest) {
    throw new InvalidArgumentError(`It must be a number from ${lowest}${highest === Number.MAX_SAFE_INTEGER ? '' : ` to ${highest}`}.`);
  }
  return value;
};

export const whole = (lowest: number, highest = Number.MAX_SAFE_INTEGER) => (text: string): number => {
  const value = number(lowest, highest)(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
};

function urls(text: string): readonly string[] {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => !/^https?:\/\/[^/]/.test(part) || !URL.canParse(part))) throw new InvalidArgumentError('It must be an http or https URL, or several with commas between them.');
  return parts;
}

/** Options that several commands share. */
export const flags = {
  gateway: () => new Option('--gateway <urls>', 'the gateway, or several with commas between them').env('SERENDIP_GATEWAY').default(['http://127.0.0.1:8080'], 'http://127.0.0.1:8080').argParser(urls),
  key: (kind: string) => new Option('--key <key>', kind).env('SERENDIP_KEY').makeOptionMandatory(),
  seed: () => new Option('--seed <n>', 'which of all possible shops').default(defaultSeed).argParser(whole(0)),
  products: () => new Option('--products <n>', 'products in the catalogue').default(3_000).argParser(whole(100, 90_000)),
  shoppers: () => new Option('--shoppers <n>', 'shoppers in the world').default(1_500).argParser(whole(20, 1_000_000)),
  state: () => new Option('--state <file>', 'where it is remembered what was seeded').default('.serendip/shop-state.json'),
  json: () => new Option('--json', 'print the report as one line of JSON').default(false),
};
