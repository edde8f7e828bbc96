// Where one was in what was found, for the way back.

interface Place {
  query: string;
  top: number;
  /** The hit that was opened. */
  hit: string;
}

let place: Place = { query: '', top: 0, hit: '' };

export const keepPlace = (next: Place): void => void (place = next);
export const placeFor = (query: string): Place | null => (place.query === query ? place : null);
