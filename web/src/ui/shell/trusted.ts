// The page's one Trusted Types policy. The browser takes the address of a worker only from a policy; this one lets through
// the build's own scripts and nothing else, and there is none for HTML or for scripts as text. The server names it in its
// Content-Security-Policy, which also keeps a second one from being made (docs/decisions/0016).

interface Policy {
  createScriptURL(path: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(path: string): string }): Policy;
}

const OWN = /^\/(?:sw|assets\/[\w.-]+)\.js$/;

// Made when the page starts, so that nobody else can have made it before. TypeScript does not know of it yet.
const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('hubbub-workers', {
  createScriptURL: own,
});

/** The address of a worker's script, as the browser wants it. */
export function workerUrl(path: string): string {
  return (policy ? policy.createScriptURL(path) : own(path)) as string;
}

export function own(path: string): string {
  if (!OWN.test(path)) throw new TypeError(`no script of this build: ${path}`);
  return path;
}
