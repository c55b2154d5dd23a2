/** What a server is asked to write, by what its model can do: the middle of a text, or an answer in a conversation. */

import { keepStart } from '../clip';
import { CHARACTERS_PER_TOKEN } from '../fillPieces';
import type { ChatRequest, FillRequest, GenerationEvent, ModelDescription, Unsupported } from '../model';
import { chatBody, chatEvents } from './chat';
import type { Connection } from './connection';
import type { ModelFacts } from './facts';
import { type Asked, continued, infill, infillOtherwise, suffixed } from './fill';
import { renderBefore, renderTemplate } from './fillTemplate';
import { eventsOf } from './lines';
import { ServerTrouble } from './problems';
import type { Withheld } from './withheld';

/** A server that was asked what it is. */
export interface Ready {
	readonly connection: Connection;
	readonly facts: ModelFacts;
	readonly model: ModelDescription;
	/** What every body names: the model, and its adapters. */
	readonly more: Readonly<Record<string, unknown>>;
}

/** Stop texts that every server takes. */
const MOST_STOPS = 4;

/** @param withheld keeps what must not leave this machine. */
export function middle(
	{ connection, facts, more }: Ready,
	request: FillRequest,
	withheld: Withheld,
	signal: AbortSignal,
): AsyncIterable<GenerationEvent> {
	const asked = askedOf(request, withheld);
	const { maxTokens, maxPromptTokens, alternative = 0, leftToRight } = request;
	const { fill, kind } = facts;
	if (fill.type === 'infill') {
		return alternative > 0
			? infillOtherwise(connection, asked, alternative, more, signal)
			: infill(connection, asked, more, signal);
	}
	if (alternative > 0) {
		return once(cannot(connection.host, 'write a middle in other ways'));
	}
	if (fill.type === 'suffix') {
		const suffix = keepStart(asked.suffix, (maxPromptTokens * CHARACTERS_PER_TOKEN) / 4);
		return suffixed(connection, renderBefore(asked, maxPromptTokens), { ...asked, suffix }, more, signal);
	}
	if (fill.type === 'template') {
		const prompt = renderTemplate(fill.template, asked, maxPromptTokens);
		// They leave the tokens out of what they write, and would not know those they are to stop at.
		const shown = kind === 'vllm' || kind === 'sglang' ? { skip_special_tokens: false } : {};
		const stops = kind === 'other' ? fill.template.stops.slice(0, MOST_STOPS) : fill.template.stops;
		return continued(connection, prompt, stops, maxTokens, { ...more, ...shown }, signal);
	}
	return leftToRight
		? continued(connection, renderBefore(asked, maxPromptTokens), [], maxTokens, more, signal)
		: once(fill);
}

/**
 * @param withheld keeps what must not leave this machine.
 * @param onNoTools called where the server says only now that it takes no functions.
 */
export async function* answer(
	{ connection, facts, model, more }: Ready,
	request: ChatRequest,
	withheld: Withheld,
	onNoTools: () => void,
	signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
	const mayCall = model.chat.type === 'chat' && model.chat.callsTools === true;
	const began = performance.now();
	const path = '/v1/chat/completions';
	withheld.learn(request.messages.map(({ content }) => content));
	const events = (isCalling: boolean) => {
		const body = { ...more, ...chatBody(request, facts.name, isCalling, (text) => withheld.hide(text)) };
		const lines = connection.lines({ path, body, limits: 'chat' }, signal);
		return chatEvents(eventsOf(lines), connection, request.schema !== undefined, began);
	};
	const hasTools = (request.tools ?? []).length > 0;
	if (hasTools && !mayCall) {
		yield cannot(connection.host, 'call functions with this model');
		return;
	}
	if (!hasTools || facts.callsTools === true) {
		yield* events(hasTools);
		return;
	}
	try {
		yield* events(true);
	} catch (error) {
		if (!(error instanceof ServerTrouble && error.status !== undefined && /tool/i.test(error.said))) {
			throw error;
		}
		// It says so only now: no question brings tools any more, and this one is asked without them.
		onNoTools();
		yield* events(false);
	}
}

/** What a server does not do for others. */
export function cannot(host: string, what: string): Unsupported {
	return { type: 'unsupported', reason: `${host} cannot ${what} for others.` };
}

async function* once(event: GenerationEvent): AsyncGenerator<GenerationEvent, void, undefined> {
	yield event;
}

/** Nothing secret is in it. */
export function askedOf(request: FillRequest, withheld: Withheld): Asked {
	const { repository, path, files, maxTokens } = request;
	const around = [request.prefix, request.typed, request.suffix];
	withheld.learn([around.join(''), ...files.map(({ text }) => text)]);
	const [prefix = '', typed = '', suffix = ''] = withheld.hideAcross(around);
	return {
		repository,
		path,
		files: files.map((file) => ({ path: file.path, text: withheld.hide(file.text) })),
		prefix,
		typed,
		suffix,
		maxTokens,
	};
}
