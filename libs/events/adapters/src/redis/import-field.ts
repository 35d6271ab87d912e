/** The field of an import in the hash of imports. */
export const importField = (tenant: string, importId: string): string => `${tenant}\0${importId}`;
