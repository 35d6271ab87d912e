import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { note } from './show.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** Path of Debian's Chromium; installs it when this process may. Throws with what to do otherwise. */
function chromiumPath(): string {
  const found = PLACES.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`There is no Chromium (${PLACES.join(', ')}), and it cannot be installed from here. As root: apt-get install chromium`);
  }
  note('installing Chromium: apt-get install chromium');
  try {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  } catch (cause) {
    throw new Error('Chromium is not here, and apt-get could not install it. Install the package `chromium` by hand.', { cause });
  }
  return PLACES[0]!;
}

export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}
