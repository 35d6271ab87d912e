import { ItemInputs } from '@serendip/shared-catalogue';
import { CheckFailed, type Passed } from './check.js';
import type { GoldenCase } from './golden.js';

/** Golden inputs of an item encoder must be what serving makes of the golden items, so that training and serving mean the same by a column. Throws CheckFailed with the first that differs. */
export function checkItemInputs(features: readonly string[], cases: readonly GoldenCase[]): Passed {
  const inputs = new ItemInputs(features);
  let items = 0;
  for (const [i, { items: described = [], inputs: { features: said } }] of cases.entries()) {
    const where = `Line ${i + 1} of golden.jsonl`;
    if (described.length !== said!.dims[0]) throw new CheckFailed(`${where} has ${described.length} items for ${said!.dims[0]} rows: "items" are what the rows of 'features' were made of, as \`GET /v1/items\` gives them.`);
    const rows = new Float32Array(described.length * inputs.width);
    described.forEach((item, row) => inputs.write(item, rows, row));
    const at = rows.findIndex((value, place) => value !== said!.data[place]);
    if (at >= 0) {
      const column = at % inputs.width;
      throw new CheckFailed(`${where}: column ${column} of item ${Math.floor(at / inputs.width)}, which is of '${inputs.nameAt(column)}', is ${said!.data[at]}, and serving makes it ${rows[at]}. Make the rows with inputs.py of \`serendip model init --kind item-encoder\`.`);
    }
    items += described.length;
  }
  return { detail: `Serving makes the same rows of ${items} golden items.`, figures: { goldenItems: items } };
}
