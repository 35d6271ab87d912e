import { PRICES } from '@serendip/platform-config/prices';
import { InvalidArgumentError, Option, type Command } from 'commander';

/** The options of every command that says what a model costs; its flags are Prices then. */
export function priceOptions(command: Command): Command {
  return command
    .addOption(new Option('--cpu-hour <money>', 'what an hour of a core costs').env('SERENDIP_PRICE_CPU_HOUR').argParser(money).default(PRICES.cpuHour))
    .addOption(new Option('--gibibyte-hour <money>', 'what an hour of a GiB of memory costs').env('SERENDIP_PRICE_GIB_HOUR').argParser(money).default(PRICES.gibibyteHour))
    .addOption(new Option('--gpu-hour <money>', 'what an hour of a graphics card costs').env('SERENDIP_PRICE_GPU_HOUR').argParser(money).default(PRICES.gpuHour));
}

function money(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1e6)) throw new InvalidArgumentError('It must be a number of at least 0, in any currency.');
  return value;
}
