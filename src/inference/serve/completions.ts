/** `POST /v1/completions`: with a suffix what fits between, without one what follows, left to right. */

import { randomUUID } from 'node:crypto';
import type { FillRequest, ModelDescription } from '../model';
import { badRequest, tooLong } from './apiError';
import { Parameters, stopsOf } from './parameters';
import { type Answer, described, type Service, tokensIn, tokensOver } from './service';
import { LARGEST_SLICE, sharedFill } from './sharedFill';
import { StopText } from './stopText';
import { begun, usageOf, type Written, whole, written } from './written';

/** As OpenAI has it. */
const DEFAULT_TOKENS = 16;
/** Share of the context that what is filled in may take: more would push away what stands before it. */
const MIDDLE_SHARE = 1 / 4;

export async function completions(
	parameters: Parameters,
	service: Service,
	signal: AbortSignal,
): Promise<Answer> {
	const prompt = promptOf(parameters.any('prompt'));
	const suffix = parameters.text('suffix') ?? '';
	const stops = stopsOf(parameters);
	const isStream = parameters.flag('stream');
	const saysUsage = new Parameters(parameters.record('stream_options') ?? {}).flag('include_usage');
	const temperature = parameters.number('temperature', 0, 2) ?? 0;
	const limits = ['max_tokens', 'n_predict'].map((name) => parameters.count(name, -1));
	const wanted = limits.find((limit) => limit !== undefined) ?? DEFAULT_TOKENS;
	const model = await described(service, signal);
	const { contextSize } = model;
	const request =
		suffix === ''
			? await continuation(prompt, model, service, signal)
			: between(prompt, suffix, { contextSize, maxTokens: Math.floor(contextSize * MIDDLE_SHARE) });
	const maxTokens = wanted < 0 ? request.maxTokens : Math.min(wanted, request.maxTokens);
	const stream = await begun(
		written(sharedFill(service.model, model, { ...request, maxTokens, temperature }, signal), {
			stops: new StopText(stops),
			countTokens: (text) => tokensIn(service, text, signal),
		}),
	);
	const head = {
		id: `cmpl-${randomUUID()}`,
		object: 'text_completion',
		created: service.now(),
		model: model.name,
	};
	if (isStream) {
		return { type: 'stream', events: chunks(stream, head, saysUsage), saysDone: true };
	}
	const { text, end } = await whole(stream);
	const choices = [choiceOf(text, finishOf(end))];
	return { type: 'whole', body: { ...head, choices, usage: usageOf(end.statistics) } };
}

/**
 * The pieces of a prompt with a hole, cut at the start of the cursor's line as the editor cuts it. What is too long loses
 * what is farthest from the hole. Somebody waits for it.
 */
export function between(
	before: string,
	suffix: string,
	{ contextSize, maxTokens }: { readonly contextSize: number; readonly maxTokens: number },
): FillRequest {
	const anchor = before.lastIndexOf('\n') + 1;
	return {
		repository: undefined,
		path: '',
		files: [],
		prefix: before.slice(0, anchor),
		typed: before.slice(anchor),
		suffix,
		maxTokens,
		maxPromptTokens: contextSize,
		leftToRight: false,
		priority: 'interactive',
	};
}

/** @throws ApiError for a prompt that the model cannot read as a whole. */
async function continuation(
	prompt: string,
	{ contextSize }: ModelDescription,
	service: Service,
	signal: AbortSignal,
): Promise<FillRequest> {
	const most = contextSize - LARGEST_SLICE - 2;
	const tokens = await tokensOver(most, service, prompt, signal);
	if (tokens > most) {
		throw tooLong('The prompt', tokens, most, 'prompt');
	}
	return {
		...between(prompt, '', { contextSize, maxTokens: contextSize }),
		continues: true,
		priority: 'background',
	};
}

function promptOf(value: unknown): string {
	const [only, ...others]: readonly unknown[] = Array.isArray(value) ? value : [value];
	if (others.length > 0) {
		throw badRequest(
			'prompt must be one string: several prompts, or tokens, are not answered at once.',
			'prompt',
		);
	}
	if (typeof only !== 'string') {
		throw badRequest('prompt must be a string.', 'prompt');
	}
	return only;
}

async function* chunks(
	stream: AsyncIterable<Written>,
	head: object,
	saysUsage: boolean,
): AsyncGenerator<object, void> {
	const chunk = (text: string, finish: string | null) => ({
		...head,
		choices: [choiceOf(text, finish)],
		...(saysUsage ? { usage: null } : {}),
	});
	for await (const one of stream) {
		if (one.type === 'text') {
			yield chunk(one.text, null);
		} else if (one.type === 'end') {
			yield chunk('', finishOf(one));
			if (saysUsage) {
				yield { ...head, choices: [], usage: usageOf(one.statistics) };
			}
		}
	}
}

function choiceOf(text: string, finish: string | null): object {
	return { text, index: 0, logprobs: null, finish_reason: finish };
}

function finishOf({ reason }: Extract<Written, { readonly type: 'end' }>): string {
	return reason === 'length' ? 'length' : 'stop';
}
