/** What client and host say to each other: version, method names, sizes, handshake and answers. */

import type {
	Adapter,
	CallEvent,
	ChatRequest,
	EndReason,
	FillRequest,
	GenerationStatistics,
	LoadOptions,
	ModelDescription,
	Problem,
	PromptEvaluated,
	TextEvent,
} from '../model';
import { adapters } from './adapterShapes';
import {
	anyOf,
	boolean,
	chatRequest,
	count,
	fillRequest,
	generationStatistics,
	list,
	literal,
	loadOptions,
	modelDescription,
	number,
	object,
	optional,
	problem,
	shortString,
	string,
	toolCall,
	unsupported,
} from './shapes';

/** Raised with every change that an older peer would not understand. It is part of the socket's name. */
export const PROTOCOL_VERSION = 6;

/** Exit code of a host that found another one at its address. */
export const ALREADY_SERVED = 75;
/** JSON-RPC's code for a cancelled request, as the Language Server Protocol defines it. */
export const REQUEST_CANCELLED = -32800;

/** Largest JSON-RPC message, in bytes. A larger one ends its connection before it is held in memory. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** Largest message, in bytes, from somebody who has not shown the token yet. */
export const MAX_GREETING_BYTES = 4 * 1024;

/**
 * JSON-RPC methods. All are requests from client to host but the notifications `event`, `progress`, `residence`, `tick`,
 * `ending` (to the client), `focus` and `leave` (to the host).
 */
export const methods = {
	greet: 'greet',
	load: 'load',
	fill: 'fill',
	chat: 'chat',
	prefill: 'prefill',
	tokenize: 'tokenize',
	score: 'score',
	scoreFills: 'scoreFills',
	embed: 'embed',
	useAdapters: 'useAdapters',
	inspectAdapter: 'inspectAdapter',
	encode: 'encode',
	useChatAdapters: 'useChatAdapters',
	encodeChats: 'encodeChats',
	scoreChats: 'scoreChats',
	event: 'event',
	progress: 'progress',
	residence: 'residence',
	focus: 'focus',
	tick: 'tick',
	ending: 'ending',
	leave: 'leave',
	retire: 'retire',
	shutdown: 'shutdown',
} as const;

/** First message on every connection. */
export interface Greeting {
	readonly protocol: number;
	/** The 256-bit token of the host's token file, in hexadecimal. */
	readonly token: string;
	readonly clientVersion: string;
	/** Milliseconds between the signs of life that the client wants. */
	readonly tickMilliseconds: number;
}

export const isGreeting = object<Greeting>({
	protocol: count,
	token: shortString,
	clientVersion: shortString,
	tickMilliseconds: count,
});

/** The host's answer to a greeting. */
export interface Welcome {
	readonly protocol: number;
	readonly pid: number;
	readonly hostVersion: string;
}

export const isWelcome = object<Welcome>({ protocol: count, pid: count, hostVersion: shortString });

/** What a host says of itself with every sign of life, and whenever a load begins or ends. */
export interface Tick {
	/** Clients that it serves, the one that reads this among them. */
	readonly clients: number;
	/** What is being loaded for whichever client, by `loadSubject`: where the host dies now, it dies of this. */
	readonly loading: readonly string[];
}

/** Most loads at once that a host tells of. */
export const MAX_LOADING = 16;

export const isTick = object<Tick>({ clients: count, loading: list(shortString, MAX_LOADING) });

export interface Leaving {
	/** Milliseconds that a host should outlive its last client, so that a window that reloads finds its model loaded. */
	readonly graceMilliseconds: number;
}

export const isLeaving = object<Leaving>({ graceMilliseconds: count });

/**
 * Asks a host to end where nobody else uses it: `retire`, by the client of a newer version of the extension, as its first
 * message or after its greeting. What stands here holds in every protocol from 5 on and may never change, because the two
 * sides need not have any other protocol in common:
 *
 * - the host of protocol N listens at `host-vN.sock` or `host-vN-GROUP.sock` in the runtime folder (on Windows at the pipe
 *   that the file `.pipe` of the same name names), and its token stands in the file `.token` of the same name;
 * - the request is `{"jsonrpc":"2.0","id":…,"method":"retire","params":{"token":"…"}}` in a frame of JSON-RPC
 *   (`Content-Length: N`, an empty line, N bytes);
 * - its `result` is `{"type":"leaving"}`, or `{"type":"busy"}` where another client is there. Anything else, and silence,
 *   count as busy.
 */
interface RetireCall {
	readonly token: string;
}

export const isRetireCall = object<RetireCall>({ token: shortString });

export interface Retirement {
	readonly type: 'leaving' | 'busy';
}

export const isRetirement = object<Retirement>({ type: literal('leaving', 'busy') });

/** The user wants a new host: ends this one for all its clients, which hear `ending` first and count no crash. */
interface ShutdownCall {
	/**
	 * When the user decided, in milliseconds since 1970. A host that started later stays: several windows may pass on the
	 * same decision, a change of settings for example, and one new host is enough.
	 */
	readonly decided: number;
}

export const isShutdownCall = object<ShutdownCall>({ decided: count });

/** Answer of `shutdown`. */
export interface ShutdownAnswer {
	readonly type: 'ending' | 'newer';
}

export const isShutdownAnswer = object<ShutdownAnswer>({ type: literal('ending', 'newer') });

/** Answer of every request that can fail in a way that a user can do something about. */
export interface Refused {
	readonly type: 'refused';
	readonly problem: Problem;
}

export function refuse(code: string, message: string, remedies: Problem['remedies']): Refused {
	return { type: 'refused', problem: { code, message, remedies } };
}

export const isRefused = object<Refused>({ type: literal('refused'), problem });

interface LoadCall {
	readonly options: LoadOptions;
}

export const isLoadCall = object<LoadCall>({ options: loadOptions });

export interface Loaded {
	readonly type: 'loaded';
	readonly model: ModelDescription;
}

export const isLoadAnswer = anyOf(
	object<Loaded>({ type: literal('loaded'), model: modelDescription }),
	isRefused,
);

/** A generation; `stream` numbers it among those of its connection. */
interface StreamCall<Request> {
	readonly stream: number;
	readonly request: Request;
}

export const isFillCall = object<StreamCall<FillRequest>>({ stream: count, request: fillRequest });
export const isChatCall = object<StreamCall<ChatRequest>>({ stream: count, request: chatRequest });

/** What a generation says before its end. */
export type StreamEvent = PromptEvaluated | TextEvent | CallEvent;

/** Sent while the request of its generation is under way. */
interface StreamNews {
	readonly stream: number;
	readonly event: StreamEvent;
}

export const isStreamNews = object<StreamNews>({
	stream: count,
	event: anyOf(
		object<TextEvent>({
			type: literal('text'),
			text: string,
			logProbability: optional(number),
			tokens: optional(count),
		}),
		object<PromptEvaluated>({
			type: literal('prefilled'),
			promptTokens: count,
			reusedTokens: count,
			prefillMilliseconds: number,
		}),
		object<CallEvent>({ type: literal('call'), call: toolCall }),
	),
});

/** Of a `load` that the client waits for. */
interface Progress {
	/** 0 to 1. */
	readonly fraction: number;
}

export const isProgress = object<Progress>({ fraction: number });

/** Where the chosen model is: it leaves memory when it is not asked for a while, and comes back for a request. */
export type Residence = 'loaded' | 'unloaded' | 'reloading';

/** Sent with every change after the first load. */
export interface ResidenceNews {
	readonly residence: Residence;
	/** Path of the model that needed its room; undefined where none did, and where it is in memory. */
	readonly displacedBy?: string | undefined;
}

export const isResidenceNews = object<ResidenceNews>({
	residence: literal('loaded', 'unloaded', 'reloading'),
	displacedBy: optional(shortString),
});

/** Whose requests at the cursor go first. */
interface FocusNews {
	/** Whether the client's window has the focus; until it says so, it has not. */
	readonly isFocused: boolean;
}

export const isFocusNews = object<FocusNews>({ isFocused: boolean });

/** How a generation ended by itself. */
export interface StreamEnd {
	readonly type: 'end';
	readonly reason: EndReason;
	readonly statistics: GenerationStatistics;
}

const isStreamEnd = object<StreamEnd>({
	type: literal('end'),
	reason: literal('end-of-text', 'length'),
	statistics: generationStatistics,
});

export const isStreamAnswer = anyOf(isStreamEnd, unsupported, isRefused);

interface TextCall {
	readonly text: string;
}

export const isTextCall = object<TextCall>({ text: string });

export interface AdaptersCall {
	/** Path of the model that they are meant for: by the time of the call another one may be loaded. */
	readonly base: string;
	readonly adapters: readonly Adapter[];
}

export const isAdaptersCall = object<AdaptersCall>({ base: shortString, adapters });

interface PathCall {
	readonly path: string;
}

export const isPathCall = object<PathCall>({ path: shortString });
