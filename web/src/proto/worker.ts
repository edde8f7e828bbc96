// What the page and its service worker say to each other.

/** `has` is answered through the message's port: whether the worker's build has this file. */
export type ToWorker = { to: 'take-over' } | { to: 'keep-rest' } | { to: 'has'; path: string };

/** Somebody clicked a notification: go there. */
export interface ToPage {
  to: 'go';
  url: string;
}
