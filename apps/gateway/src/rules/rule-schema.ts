import { control, type MessageInitShape } from '@serendip/shared-contracts';
import { z } from 'zod';

const name = z.string().min(1).max(64);
const expression = z.string().min(1).max(2000);

export const capSchema = z.strictObject({ group: name, limit: z.number().int().min(1).max(2000), window: z.number().int().min(1).max(2000) });

export const ruleSchema = z.strictObject({
  name,
  when: expression.optional(),
  filter: expression.optional(),
  boost: expression.optional(),
  pin: z.strictObject({ expression, slot: z.number().int().min(1).max(200) }).optional(),
});

export type RuleInput = z.infer<typeof ruleSchema>;

export const rulesBody = z.strictObject({ rules: z.array(ruleSchema).max(30).default([]), caps: z.array(capSchema).max(16).default([]) });

export const fillSchema = z.enum(['fill-up', 'strict']);

export const ruleMessage = ({ name: rule, when = '', filter = '', boost = '', pin }: RuleInput): MessageInitShape<typeof control.RuleSchema> => ({
  name: rule, when, filter, boost, ...(pin === undefined ? {} : { pin }),
});

export const ruleAnswer = ({ name: rule, when, filter, boost, pin }: control.Rule): RuleInput => ({
  name: rule,
  ...(when === '' ? {} : { when }),
  ...(filter === '' ? {} : { filter }),
  ...(boost === '' ? {} : { boost }),
  ...(pin === undefined ? {} : { pin: { expression: pin.expression, slot: pin.slot } }),
});

export const capAnswer = ({ group, limit, window }: control.Cap): z.infer<typeof capSchema> => ({ group, limit, window });

export const fillMessage = (fill: z.infer<typeof fillSchema>): control.Fill => (fill === 'strict' ? control.Fill.STRICT : control.Fill.FILL_UP);

export const fillAnswer = (fill: control.Fill): z.infer<typeof fillSchema> => (fill === control.Fill.STRICT ? 'strict' : 'fill-up');
