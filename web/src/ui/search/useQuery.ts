// The search in three forms that agree: the address, the words in the field, and the filters beside it.

import { useRef, useState } from 'react';
import { parseQuery, writeQuery, type Filter, type Query } from '../../text/query';
import { go, useRoute } from '../shell/route';

export interface Asked {
  /** All of it, as the address has it. */
  text: string;
  /** What stands in the field: words, and a filter that is still being typed. */
  words: string;
  /** The filters that do not stand in the field. */
  chips: Query['filters'];
  type(value: string): void;
  set(key: Filter, value: string): void;
}

const addressOf = (text: string): string => `/search${text ? `?q=${encodeURIComponent(text)}` : ''}`;

export function useQuery(): Asked {
  const route = useRoute();
  const text = route.at === 'search' ? route.query.trim() : '';
  const [field, setField] = useState(() => split(text));
  const written = useRef(text);
  const shown = text === written.current ? field : split(text);

  const write = (words: string, chips: Query['filters']) => {
    const next = writeQuery({ words: words.trim(), filters: chips });
    written.current = next;
    setField({ words, chips });
    go(addressOf(next), true);
  };
  return {
    text,
    ...shown,
    type(value) {
      const typed = parseQuery(value);
      // A filter is whole when something comes after it: then it leaves the field.
      if (typed.filters.length === 0 || !/\s$/.test(value)) return write(value, shown.chips);
      const others = shown.chips.filter((f) => !typed.filters.some((n) => n.key === f.key));
      return write(typed.words, [...others, ...typed.filters]);
    },
    set(key, value) {
      const others = shown.chips.filter((f) => f.key !== key);
      write(shown.words, value === '' ? others : [...others, { key, value }]);
    },
  };
}

function split(text: string): { words: string; chips: Query['filters'] } {
  const { words, filters } = parseQuery(text);
  return { words, chips: filters };
}
