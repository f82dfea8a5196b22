/**
 * The types of the chat: the shapes of Direct Line 3.0 that it uses (docs/interfaces.md, "Chat client ↔ bot") and what its
 * parts expect of each other. Types only: no page loads this file, so words here cost nobody anything.
 */

import type { Session } from "./direct-line.js";

export type Lang = "en" | "pt" | "es";

export interface ZoeData {
  /** A moment's name, or text, handoff, system. */
  kind?: string;
  /** A code is awaited: no draft may be kept. */
  secret?: boolean;
  lang?: string;
}

export interface CardAction {
  type: string;
  title?: string;
  value?: unknown;
}

export interface Attachment {
  contentType: string;
  content?: unknown;
}

export interface Activity {
  type: string;
  id?: string;
  timestamp?: string;
  name?: string;
  from?: { id?: string; name?: string; role?: string };
  text?: string;
  textFormat?: string;
  value?: unknown;
  attachments?: Attachment[];
  suggestedActions?: { actions?: CardAction[] };
  channelData?: { clientActivityID?: string; zoe?: ZoeData };
}

export interface ActivitySet {
  activities: Activity[];
  watermark?: string;
}

export interface TokenAnswer {
  token: string;
  conversationId: string;
  /** Seconds. */
  expires_in: number;
  lang?: string;
  resumed?: boolean;
}

export interface StreamAnswer {
  conversationId: string;
  token?: string;
  expires_in?: number;
  streamUrl?: string;
}

export type Charge = "bot" | "queued" | "agent" | "closed";

export interface WhoIsInCharge {
  state: Charge;
  agent: string | null;
  position: number | null;
}

export type OfferState = "none" | "open" | "sending" | "failed" | "superseded" | "closed";

export interface Message {
  type: "message";
  /** Unique in this page; names the node. */
  key: string;
  id: string | null;
  clientId: string | null;
  who: "zoe" | "agent" | "you";
  name: string;
  text: string;
  markdown: boolean;
  kind: string;
  lang: string | null;
  time: Date | null;
  status: "sending" | "sent" | "failed";
  /** The server has said where in the order it belongs. */
  placed: boolean;
  attachments: Attachment[];
  actions: CardAction[];
  offer: { state: OfferState; chosen: string | null; expired: boolean };
  /** What is posted, while it may have to be posted again. */
  outgoing: Activity | null;
}

/** A centred line that belongs to nobody: either words of the server or a string of the chat's own. */
export interface Line {
  type: "line";
  key: string;
  text: string | null;
  string: string | null;
  args: Record<string, string>;
}

export type Item = Message | Line;

export type Change = { type: "add" | "update"; item: Item } | { type: "facts" } | { type: "typing"; name: string; lasting: boolean } | { type: "remove"; item: Item } | { type: "reset" };

/** What a tab remembers over a reload. */
export interface Kept {
  token?: string;
  conversationId?: string;
  watermark?: string;
  lang?: Lang;
  draft?: string;
  unsent?: Activity[];
  /** Milliseconds; after 30 idle minutes nothing but the language is believed. */
  touched?: number;
}

/** Whom the connection tells. */
export interface ConnectionListener {
  /** In order, each at least once; `history`: what was said before this page was opened. */
  onActivities(activities: Activity[], history: boolean): void;
  onStatus(online: boolean): void;
  /** Nothing that the server has is missing now. */
  onCaughtUp(): void;
  /** What is on the screen belongs to another conversation. */
  onNewConversation(): void;
}

/**
 * `later`: the server was not reached or not well, another attempt by itself makes sense; `offerClosed`: what was chosen
 * is no longer offered.
 */
export type Sent = { ok: true } | { ok: false; later: boolean; offerClosed: boolean };

/** Something to press: an offer to accept, or a link to open. */
export type Choice = { title: string; offered: string } | { title: string; url: string };

/** What pressing something in the conversation does. */
export interface Hands {
  onChoose(message: Message, title: string, offered: string): void;
  onRetry(message: Message): void;
}

/** What the header can be asked for. */
export interface Wishes {
  onHuman(): void;
  onBack(): void;
  onEnd(): void;
  onLanguage(lang: Lang): void;
  /** Null where the chat is the whole page. */
  onClose: (() => void) | null;
}

/** Where the unsent text is kept; an empty one is forgotten. */
export interface Draft {
  read(): string;
  write(text: string): void;
}

/** What the chat gets from the page around it. */
export interface Surroundings {
  session: Session;
  /** Where this page gets its tokens, same origin. */
  tokenUrl: string;
  /** What the user came for, as the address said. */
  topic: string | null;
  onClose: (() => void) | null;
  /** Whether somebody can look at the chat. */
  isSeen(): boolean;
  /** Messages that came while nobody could. */
  onUnread(count: number): void;
  now(): Date;
  /** From 0 to 1. */
  random(): number;
  /** Unique and not to be guessed. */
  newId(): string;
}
