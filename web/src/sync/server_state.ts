// How the server does and what it is set to, as admins may see it.

import { call } from '../net/api';
import type { ErrorBody } from '../proto/v1';
import type { Keep } from './session';

export interface ServerState {
  version: string;
  /** In milliseconds since 1970. */
  started: number;
  /** In bytes; null where nothing is kept on a disk. */
  disk: { reserve: number; free: number; total: number; database: number } | null;
  metrics: readonly { name: string; help: string; value: number }[];
  options: readonly { name: string; value: string; usual: string; help: string; set: boolean }[];
}

type Json = Record<string, unknown>;

const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const number = (v: unknown): number => (typeof v === 'number' ? v : 0);
const rows = (v: unknown): Json[] => (Array.isArray(v) ? v.filter((r) => typeof r === 'object' && r !== null) : []);

export async function serverState(keep: Keep): Promise<ServerState | { error: ErrorBody }> {
  const answer = await call('GET', 'server/state', {}, keep.get('token') ?? '');
  if ('error' in answer) return answer;
  const { version, started, disk, metrics, options } = answer.body;
  return {
    version: text(version),
    started: number(started),
    disk: diskOf(disk),
    metrics: rows(metrics).map((m) => ({ name: text(m.name), help: text(m.help), value: number(m.value) })),
    options: rows(options).map((o) => ({
      name: text(o.name),
      value: text(o.value),
      usual: text(o.usual),
      help: text(o.help),
      set: o.set === true,
    })),
  };
}

function diskOf(v: unknown): ServerState['disk'] {
  if (typeof v !== 'object' || v === null) return null;
  const { reserve, free, total, database } = v as Json;
  return { reserve: number(reserve), free: number(free), total: number(total), database: number(database) };
}
