// Several comings and goings as few words: what matters is how things stand after them.

import type { Notice } from './entries';

export interface Summary {
  joined: string[];
  left: string[];
  passed: string[];
  returned: string[];
  renamed: { was: string; name: string }[];
}

interface Story {
  first: 'joined' | 'left' | null;
  last: 'joined' | 'left' | null;
  name: string;
  was: string | null;
}

export function summarise(items: readonly Notice[]): Summary {
  const stories = new Map<string, Story>();
  for (const item of items) {
    const story = stories.get(item.id) ?? { first: null, last: null, name: item.name, was: null };
    if (item.what === 'renamed') story.was ??= item.was;
    else {
      story.first ??= item.what;
      story.last = item.what;
    }
    story.name = item.name;
    stories.set(item.id, story);
  }
  const out: Summary = { joined: [], left: [], passed: [], returned: [], renamed: [] };
  for (const { first, last, name, was } of stories.values()) {
    if (first === null) {
      if (was !== null && was !== name) out.renamed.push({ was, name });
    } else if (first === last) out[first].push(name);
    else out[last === 'left' ? 'passed' : 'returned'].push(name);
  }
  return out;
}
