import type { Band, Wanted } from './likely-places.js';

/** Searches the places of an index elsewhere than on this thread, as on a graphics card. Belongs to one version. */
export abstract class PlaceSearch {
  /** What searches, and on what. */
  abstract readonly runtime: string;
  abstract readonly device: string;
  /** Whether it will answer nothing any more. */
  abstract readonly isLost: boolean;

  /**
   * The best places with their scores, best first; fewer than `most` only when no others have a row whose mask is not 0. Rows beyond the mask are out of the question. Scores may differ from those of
   * the columns in their last digits. Rejects when it can't, which harms no later search.
   */
  abstract search(query: Float32Array, set: Pick<Wanted, 'rowOf' | 'mask'>, most: number): Promise<Band>;

  /** Gives back what it holds; searches under way may reject. */
  abstract close(): Promise<void>;
}
