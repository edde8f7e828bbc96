// The domain of docs/PROTOCOL.md in small and in memory: rooms that are logs, cids that are done once, replays and pages.
// It knows no connections; who holds them spreads the effects. The unit tests and the fake server share it.

const LIMITS = { message_bytes: 65_536, name_chars: 40, topic_chars: 250, rooms: 200, page: 100 };
const FOLDED = new Set(['edit', 'delete', 'react', 'unreact']);
const CHANGES = new Set(['post', 'edit', 'delete', 'react', 'unreact', 'pin', 'unpin', 'topic', 'create', 'join', 'leave']);

export class Community {
  limits = LIMITS;
  people = new Map();
  rooms = new Map();
  replayMost = 10_000;
  made = 0;
  epoch = 0;

  constructor(now = Date.now) {
    this.now = now;
    this.clear();
  }

  /** Everything that was said is forgotten; who people are is not. */
  clear() {
    this.epoch++;
    this.rooms.clear();
    this.addRoom('lobby', 'Lobby');
  }

  addRoom(id, name) {
    const room = { id, name, kind: 'public', topic: '', log: [], messages: new Map(), members: new Set(), cids: new Map(), reads: new Map(), levels: new Map(), hosts: new Set(), settings: {} };
    this.rooms.set(id, room);
    return room;
  }

  roomsOf(person) {
    return [...this.rooms.values()].filter((r) => r.id === 'lobby' || r.members.has(person));
  }

  isIn(person, room) {
    return this.roomsOf(person).some((r) => r.id === room);
  }

  info(room, person, here = { count: 1, visitors: 0 }) {
    const { id, name, kind, topic, log } = room;
    const end = log.at(-1);
    const read = room.reads.get(person) ?? 0;
    const more = { ...room.settings, ...(room.hosts.has(person) ? { host: true } : {}), ...(room.peers ? { peers: room.peers } : {}) };
    const stands = { head: log.length, mid: end?.mid ?? '0', ts: end?.ts ?? 0, read, ...this.behind(room, person), level: room.levels.get(person) ?? 'all' };
    return { id, name, kind, topic, ...more, ...stands, ...here };
  }

  /** What of a room is behind somebody's read mark. */
  behind(room, person) {
    const read = room.reads.get(person) ?? 0;
    const news = room.log.filter((e) => e.ev === 'message' && e.seq > read && e.from.id !== person);
    const mine = news.filter((e) => e.mentions_all === true || e.mentions?.includes(person) === true);
    return { unread: news.length, mentions: mine.length };
  }

  /** The events after a cursor, or the reset that comes in their place. */
  replay(room, cursor) {
    const { log } = room;
    const reset = (reason) => [{ ev: 'reset', room: room.id, head: log.length, mid: log.at(-1)?.mid ?? '0', reason }];
    if (cursor.seq > log.length) return reset('diverged');
    if (cursor.seq > 0 && cursor.mid !== undefined && log[cursor.seq - 1].mid !== cursor.mid) return reset('diverged');
    if (log.length - cursor.seq > this.replayMost) return reset('truncated');
    return log.slice(cursor.seq).map((e) => this.again(room, e));
  }

  /** An event of the log as it is read now. */
  again(room, e) {
    if (e.ev !== 'message' && e.ev !== 'edit') return e;
    const m = room.messages.get(e.ev === 'edit' ? e.target : e.seq);
    const { text: _, ...rest } = e;
    if (m.deleted) return { ...rest, deleted: true };
    return { ...rest, text: m.text, ...(e.ev === 'message' && m.edited ? { edited: m.edited } : {}) };
  }

  history(room, o) {
    const limit = Math.min(o.limit ?? 50, LIMITS.page);
    const head = room.log.length;
    const standing = room.log.filter((e) => !FOLDED.has(e.ev));
    let first = 1;
    let last = head;
    let events;
    const at = o.at === undefined ? undefined : (room.log.find((e) => e.ts >= o.at)?.seq ?? head);
    if (o.after !== undefined) {
      events = standing.filter((e) => e.seq > o.after).slice(0, limit);
      first = o.after + 1;
      if (events.length === limit) last = events.at(-1).seq;
    } else {
      const before = o.before ?? ((at ?? o.around) === undefined ? Infinity : (at ?? o.around) + Math.ceil(limit / 2) + 1);
      events = standing.filter((e) => e.seq < before).slice(-limit);
      last = Math.min(head, before - 1);
      if (events.length === limit) first = events[0].seq;
    }
    return { room: room.id, head, first, last, ...(at === undefined ? {} : { at }), events: events.map((e) => this.folded(room, e)) };
  }

  folded(room, e) {
    const now = this.again(room, e);
    const m = room.messages.get(e.seq);
    if (e.ev !== 'message' || m.deleted) return now;
    const reactions = [...m.reactions].map(([emoji, people]) => ({ emoji, count: people.size, people: [...people].slice(0, 20) }));
    return { ...now, ...(m.pinned ? { pinned: true } : {}), ...(reactions.length > 0 ? { reactions } : {}) };
  }

  /** The next event of a room's log. */
  append(room, from, body, cid) {
    const seq = room.log.length + 1;
    const e = { ...body, room: room.id, seq, mid: `${this.epoch}${String(seq).padStart(8, '0')}`, ts: this.now(), from };
    if (cid !== undefined) e.cid = cid;
    room.log.push(e);
    this.fold(room, e);
    return e;
  }

  fold(room, e) {
    const m = room.messages.get(e.target);
    if (e.ev === 'message') {
      // What one says oneself is read.
      if (room.reads.has(e.from.id)) room.reads.set(e.from.id, e.seq);
      room.messages.set(e.seq, { from: e.from.id, text: e.text, edited: 0, deleted: false, pinned: false, reactions: new Map() });
    } else if (e.ev === 'edit') Object.assign(m, { text: e.text, edited: e.ts });
    else if (e.ev === 'delete') Object.assign(m, { text: '', edited: 0, deleted: true, pinned: false, reactions: new Map() });
    else if (e.ev === 'pin' || e.ev === 'unpin') m.pinned = e.ev === 'pin';
    else if (e.ev === 'react') m.reactions.set(e.emoji, (m.reactions.get(e.emoji) ?? new Set()).add(e.from.id));
    else if (e.ev === 'unreact') {
      m.reactions.get(e.emoji).delete(e.from.id);
      if (m.reactions.get(e.emoji).size === 0) m.reactions.delete(e.emoji);
    } else if (e.ev === 'topic') room.topic = e.text;
    else if (e.ev === 'named') room.name = e.name;
    else if (e.ev === 'host') room.hosts.add(e.person.id);
    else if (e.ev === 'created' || e.ev === 'joined') room.members.add(e.from.id);
    else if (e.ev === 'left') room.members.delete(e.from.id);
  }

  /**
   * What a person asks for that needs no connection; null for what does. Effects go to everybody in `room`, or to the
   * connections of `person` (`others`: not to the one that asked), in this order.
   */
  handle(from, o) {
    const fail = (code, message = code) => ({ error: { code, message }, effects: [] });
    if (CHANGES.has(o.op)) return this.change(from, o, fail);
    if (o.op === 'rooms') {
      const all = [...this.rooms.values()].filter((r) => r.name > o.after).toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const limit = Math.min(o.limit ?? 100, 100);
      const rooms = all.slice(0, limit).map(({ id, name, kind, topic }) => ({ id, name, kind, topic }));
      return { ok: { rooms, more: all.length > limit }, effects: [] };
    }
    if (o.op !== 'history' && o.op !== 'read') return null;
    if (!this.isIn(from.id, o.room)) return fail('no_room');
    const room = this.rooms.get(o.room);
    if (o.op === 'history') return { ok: this.history(room, o), effects: [] };
    const before = room.reads.get(from.id) ?? 0;
    const seq = Math.max(before, Math.min(o.seq, room.log.length));
    room.reads.set(from.id, seq);
    const effects = seq > before ? [{ person: from.id, others: true, event: { ev: 'read', room: o.room, seq, ...this.behind(room, from.id) } }] : [];
    return { ok: { room: o.room, seq, ...this.behind(room, from.id) }, effects };
  }

  change(from, o, fail) {
    if (!/^[0-9a-f]{32}$/.test(o.cid ?? '')) return fail('bad_request', 'cid');
    const { id: _, cid, ...content } = o;
    const known = this.cidsOf(o).get(`${from.id} ${cid}`);
    if (known && known.content !== JSON.stringify(content)) return fail('cid_reuse');
    if (known) return { ok: { ...known.reply, dup: true }, effects: [] };
    const result = o.op === 'create' ? this.create(from, o, fail) : this.changeIn(from, o, fail);
    if (result.event) {
      const { room, seq, mid, ts } = result.event;
      result.ok = { room, seq, mid, ts, dup: false };
      this.cidsOf(o).set(`${from.id} ${cid}`, { content: JSON.stringify(content), reply: result.ok });
    }
    return result;
  }

  creates = new Map();

  cidsOf(o) {
    return o.op === 'create' ? this.creates : (this.rooms.get(o.room)?.cids ?? new Map());
  }

  create(from, o, fail) {
    const name = typeof o.name === 'string' ? o.name.trim() : '';
    if (name === '') return fail('empty');
    if ([...name].length > LIMITS.name_chars) return fail('too_long');
    if ([...this.rooms.values()].some((r) => r.name.toLowerCase() === name.toLowerCase())) return fail('name_taken');
    const room = this.addRoom((++this.made).toString(16).padStart(12, '0'), name);
    const info = this.info(room, from.id);
    const event = this.append(room, from, { ev: 'created', name }, o.cid);
    return { event, effects: [{ person: from.id, event: { ev: 'room', room: room.id, info } }, { room: room.id, event }] };
  }

  changeIn(from, o, fail) {
    const room = this.rooms.get(o.room);
    const unchanged = { ok: { room: o.room, changed: false }, effects: [] };
    if (!room) return fail('no_room');
    const member = this.isIn(from.id, o.room);
    if (o.op === 'join') {
      if (member) return unchanged;
      const info = this.info(room, from.id);
      const event = this.append(room, from, { ev: 'joined' }, o.cid);
      return { event, effects: [{ person: from.id, event: { ev: 'room', room: room.id, info } }, { room: room.id, event }] };
    }
    if (!member) return fail('no_room');
    if (o.op === 'leave') {
      if (o.room === 'lobby') return fail('forbidden');
      const event = this.append(room, from, { ev: 'left' }, o.cid);
      return { event, effects: [{ room: room.id, event }, { person: from.id, event: { ev: 'gone', room: room.id } }] };
    }
    const made = this.bodyOf(room, from, o);
    if (typeof made === 'string') return fail(made);
    if (made === null) return unchanged;
    const event = this.append(room, from, made, o.cid);
    return { event, effects: [{ room: room.id, event }] };
  }

  /** The event that a change becomes; null when it changes nothing, an error's code when it may not be. */
  bodyOf(room, from, o) {
    const bare = 'text' in o && String(o.text).trim() === '' && !(o.files?.length > 0);
    if (bare && o.op !== 'topic') return 'empty';
    if (o.op === 'post') return { ev: 'message', text: o.text, ...(o.reply_to ? { reply_to: o.reply_to } : {}), ...filesOf(o) };
    if (o.op === 'topic') return o.text === room.topic ? null : { ev: 'topic', text: o.text };
    const m = room.messages.get(o.target);
    if (!m || m.deleted) return 'no_message';
    if ((o.op === 'edit' || o.op === 'delete') && m.from !== from.id) return 'forbidden';
    if (o.op === 'edit') return { ev: 'edit', target: o.target, text: o.text };
    if (o.op === 'delete') return { ev: 'delete', target: o.target };
    if (o.op === 'pin' || o.op === 'unpin') return m.pinned === (o.op === 'pin') ? null : { ev: o.op, target: o.target };
    const has = m.reactions.get(o.emoji)?.has(from.id) === true;
    return has === (o.op === 'react') ? null : { ev: o.op, target: o.target, emoji: o.emoji };
  }
}

/** What was sent before under these ids is not of interest here. */
function filesOf({ files }) {
  if (!files) return {};
  return { files: files.map(({ id, alt }) => ({ id, name: `${id}.png`, type: 'image/png', bytes: 3, ...(alt ? { alt } : {}) })) };
}
