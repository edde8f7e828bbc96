import type { ErrorBody, From, KeptEvent, Limits, Page, PassingEvent, RoomInfo, Standing } from '../src/proto/v1';

type Json = Record<string, unknown>;

export interface FakeRoom {
  id: string;
  name: string;
  topic: string;
  log: KeptEvent[];
  members: Set<string>;
  reads: Map<string, number>;
  levels: Map<string, string>;
  hosts: Set<string>;
  settings: Json;
  peers?: { id: string; name: string }[];
  kind: string;
}

export interface Effect {
  room?: string;
  person?: string;
  others?: boolean;
  event: KeptEvent | PassingEvent;
}

export interface Handled {
  ok?: Json;
  error?: ErrorBody;
  event?: KeptEvent;
  effects: Effect[];
}

export class Community {
  limits: Limits;
  people: Map<string, { id: string; name: string }>;
  now: () => number;
  rooms: Map<string, FakeRoom>;
  replayMost: number;
  constructor(now?: () => number);
  clear(): void;
  addRoom(id: string, name: string): FakeRoom;
  roomsOf(person: string): FakeRoom[];
  isIn(person: string, room: string): boolean;
  info(room: FakeRoom, person: string, here?: { count: number; visitors: number }): RoomInfo;
  replay(room: FakeRoom, cursor: { seq: number; mid?: string }): (KeptEvent | PassingEvent)[];
  behind(room: FakeRoom, person: string): { unread: number; mentions: number };
  history(room: FakeRoom, o: Json): Page;
  append(room: FakeRoom, from: From, body: Json, cid?: string): Standing;
  handle(from: From, o: Json): Handled | null;
}
