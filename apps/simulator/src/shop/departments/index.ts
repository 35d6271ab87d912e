import type { Department } from '../vocabulary.js';
import { beauty } from './beauty.js';
import { books } from './books.js';
import { clothing } from './clothing.js';
import { electronics } from './electronics.js';
import { garden } from './garden.js';
import { home } from './home.js';
import { kitchen } from './kitchen.js';
import { outdoors } from './outdoors.js';
import { pantry } from './pantry.js';
import { sports } from './sports.js';
import { studio } from './studio.js';
import { toys } from './toys.js';

export const departments: readonly Department[] = [
  kitchen, pantry, home, garden, outdoors, sports, electronics, clothing, beauty, books, toys, studio,
];
