/** What slates were made with besides the log, as it is configured now. Only what can be cloned between threads. */
export interface ReplaySettings {
  readonly placements: readonly {
    readonly name: string;
    readonly sources: readonly { readonly name: string; readonly limit: number; readonly window: string; readonly timeoutMs: number }[];
    /** Bit t set: items with which the user had an event of type code t are left out. */
    readonly seenTypes: number;
    readonly candidates: number;
  }[];
  readonly models: readonly { readonly name: string; readonly version: number; readonly kind: 'retriever' | 'ranker'; readonly bundle: string; readonly digest: string }[];
}
