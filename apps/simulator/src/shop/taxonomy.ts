import { departments } from './departments/index.js';
import type { CatalogueCategory, CatalogueType } from './product.js';
import { voiceByNoun } from './traits.js';

export interface Brand {
  readonly index: number;
  readonly name: string;
  readonly department: number;
  /** 0 = cheapest of the department, 1 = dearest. */
  readonly tier: number;
}

/** Departments, categories, types and brands as flat lists whose indexes products carry. */
export interface Taxonomy {
  readonly departmentNames: readonly string[];
  readonly categories: readonly CatalogueCategory[];
  readonly types: readonly CatalogueType[];
  readonly brands: readonly Brand[];
  readonly brandsOf: (department: number) => readonly Brand[];
}

function buildTaxonomy(): Taxonomy {
  const specs = departments.flatMap((department, d) => department.categories.map((category) => ({ category, d, name: department.name })));
  const nouns = new Map(specs.flatMap(({ category }) => category.types).map((type, index) => [type.noun, index]));
  const types: CatalogueType[] = [];
  const categories = specs.map(({ category, d, name }, c): CatalogueCategory => {
    const first = types.length;
    for (const spec of category.types) {
      types.push({ index: types.length, noun: spec.noun, category: c, goesWith: spec.goesWith.map((noun) => indexOf(nouns, noun)), lastsDays: spec.lastsDays, voice: voiceByNoun.get(spec.noun) ?? category.voice, spec });
    }
    const ownTypes = category.types.map((_, i) => first + i);
    return { index: c, name: category.name, department: d, departmentName: name, types: ownTypes };
  });
  const perDepartment = departments.map((department, d) => department.brands.map((name, i): Brand => (
    { index: d * department.brands.length + i, name, department: d, tier: i / (department.brands.length - 1) })));
  return {
    departmentNames: departments.map(({ name }) => name),
    categories,
    types,
    brands: perDepartment.flat(),
    brandsOf: (department) => perDepartment[department] ?? [],
  };
}

function indexOf(nouns: ReadonlyMap<string, number>, noun: string): number {
  const index = nouns.get(noun);
  if (index === undefined) throw new RangeError(`No product type is called '${noun}'.`);
  return index;
}

/** The taxonomy is the same for every seed. */
export const taxonomy: Taxonomy = buildTaxonomy();
