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
	chatRequest,
	count,
	fillRequest,
	generationStatistics,
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
export const PROTOCOL_VERSION = 4;

/** Largest JSON-RPC message, in bytes. A larger one ends its connection before it is held in memory. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** Largest message, in bytes, from somebody who has not shown the token yet. */
export const MAX_GREETING_BYTES = 4 * 1024;

/** JSON-RPC methods. All are requests from client to host but `event`, `progress`, `tick` (to the client) and `leave`. */
export const methods = {
	greet: 'greet',
	load: 'load',
	fill: 'fill',
	chat: 'chat',
	prefill: 'prefill',
	tokenize: 'tokenize',
	score: 'score',
	embed: 'embed',
	useAdapters: 'useAdapters',
	inspectAdapter: 'inspectAdapter',
	encode: 'encode',
	event: 'event',
	progress: 'progress',
	tick: 'tick',
	leave: 'leave',
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

interface Progress {
	/** 0 to 1. */
	readonly fraction: number;
}

export const isProgress = object<Progress>({ fraction: number });

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
