/** The parameters of a request: read with their type and bounds, refused by name, or known to be without effect here. */

import { isRecord } from '../record';
import { badRequest } from './apiError';

/** A parameter that would ask for another answer than can be given, unless its value asks for nothing. */
export interface Refused {
	readonly name: string;
	/** What may stand there all the same. */
	readonly unless: (value: unknown) => boolean;
	/** One sentence: why, and what helps. */
	readonly why: string;
}

const is =
	(...values: readonly unknown[]) =>
	(value: unknown) =>
		values.includes(value);

const isEmpty = (value: unknown) =>
	(Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);

const never = () => false;

/** Refused by every generation. */
const SHARED: readonly Refused[] = [
	{ name: 'n', unless: is(1), why: 'There is one answer to a request. Ask several times.' },
	{ name: 'logit_bias', unless: isEmpty, why: 'The probabilities of single tokens cannot be changed.' },
	{
		name: 'grammar',
		unless: is(''),
		why: 'No grammar is read. In a chat, response_format takes a JSON schema.',
	},
	{ name: 'json_schema', unless: never, why: 'Ask in a chat, with a JSON schema in response_format.' },
	{ name: 'ignore_eos', unless: is(false), why: 'An answer ends where the model ends it.' },
	{ name: 'n_probs', unless: is(0), why: 'Probabilities are not told.' },
	{
		name: 'return_tokens',
		unless: is(false),
		why: 'The tokens of an answer are not told. Ask /tokenize for them.',
	},
];

export const REFUSED_IN_CHAT: readonly Refused[] = [
	...SHARED,
	{ name: 'logprobs', unless: is(false), why: 'Probabilities are not told.' },
	{ name: 'top_logprobs', unless: is(0), why: 'Probabilities are not told.' },
	{
		name: 'modalities',
		unless: (value) => Array.isArray(value) && value.every(is('text')),
		why: 'The model writes text alone.',
	},
	{ name: 'audio', unless: never, why: 'The model writes text alone.' },
	{ name: 'functions', unless: isEmpty, why: 'Use tools instead.' },
	{ name: 'function_call', unless: is('none'), why: 'Use tool_choice instead.' },
	{ name: 'web_search_options', unless: never, why: 'Nothing is looked up in the web.' },
];

export const REFUSED_IN_COMPLETIONS: readonly Refused[] = [
	...SHARED,
	{ name: 'best_of', unless: is(1), why: 'There is one answer to a request.' },
	{ name: 'echo', unless: is(false), why: 'The prompt is not repeated in the answer.' },
	{ name: 'logprobs', unless: never, why: 'Probabilities are not told.' },
];

/** /infill can tell several ways to go on, by `n_cmpl`. */
export const REFUSED_IN_INFILL: readonly Refused[] = SHARED;

export const REFUSED_IN_TOKENIZE: readonly Refused[] = [
	{ name: 'with_pieces', unless: is(false), why: 'The texts of tokens are not told.' },
	{ name: 'add_special', unless: is(false), why: 'Nothing is put before the text.' },
];

/** Known, and without effect. Whatever is in no table has none either, and the log names it. */
export const IGNORED: Readonly<Record<string, readonly string[]>> = {
	'Each model has a place of its own': ['id_slot'],
	'The adapters are those that are chosen in the editor': ['lora'],
	'Familiar samples in its own way, with the temperature alone': [
		...['top_p', 'top_k', 'min_p', 'typical_p', 'seed', 'samplers', 'frequency_penalty', 'presence_penalty'],
		...['repeat_penalty', 'repeat_last_n', 'dynatemp_range', 'dynatemp_exponent', 'mirostat', 'mirostat_tau'],
		...['mirostat_eta', 'dry_multiplier', 'dry_base', 'dry_allowed_length', 'dry_penalty_last_n'],
		...['dry_sequence_breakers', 'xtc_probability', 'xtc_threshold', 'min_keep', 'top_n_sigma'],
	],
	'What was read before is always reused': ['cache_prompt', 'n_cache_reuse', 'n_keep', 'prompt_cache_key'],
	'An answer has one call at most': ['parallel_tool_calls'],
	'The template of the model decides': ['reasoning_effort', 'chat_template_kwargs', 'verbosity'],
	'Special tokens in a text are text': ['parse_special'],
	'Nothing is stored, and nobody is told': ['store', 'metadata', 'user', 'safety_identifier', 'service_tier'],
	'They would only make it quicker, or say more': [
		...['prediction', 'timings_per_token', 'return_progress', 'post_sampling_probs', 'response_fields'],
		...['t_max_prompt_ms', 'sse_ping_interval'],
	],
};

const KNOWN: ReadonlySet<string> = new Set(Object.values(IGNORED).flat());

/** `null` is the same as nothing, as OpenAI has it. */
export class Parameters {
	private readonly seen = new Set<string>();

	/** @param refused those that are looked at first. @throws ApiError for one of these. */
	constructor(
		private readonly given: Readonly<Record<string, unknown>>,
		refused: readonly Refused[] = [],
	) {
		for (const { name, unless, why } of refused) {
			const value = this.any(name);
			if (value !== undefined && !unless(value)) {
				throw badRequest(`The parameter ${name} is not supported: ${why}`, name);
			}
		}
	}

	any(name: string): unknown {
		this.seen.add(name);
		return Object.hasOwn(this.given, name) ? (this.given[name] ?? undefined) : undefined;
	}

	text(name: string): string | undefined {
		const value = this.any(name);
		if (value !== undefined && typeof value !== 'string') {
			throw badRequest(`${name} must be a string.`, name);
		}
		return value;
	}

	flag(name: string): boolean {
		const value = this.any(name);
		if (value !== undefined && typeof value !== 'boolean') {
			throw badRequest(`${name} must be true or false.`, name);
		}
		return value ?? false;
	}

	number(name: string, least: number, most: number): number | undefined {
		const value = this.any(name);
		if (value === undefined) {
			return undefined;
		}
		if (typeof value !== 'number' || !(value >= least && value <= most)) {
			throw badRequest(`${name} must be a number from ${least} to ${most}.`, name);
		}
		return value;
	}

	/** A whole number. */
	count(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
		const value = this.number(name, least, most);
		if (value !== undefined && !Number.isInteger(value)) {
			throw badRequest(`${name} must be a whole number.`, name);
		}
		return value;
	}

	/** @throws ApiError where it is no object. */
	record(name: string): Readonly<Record<string, unknown>> | undefined {
		const value = this.any(name);
		if (value !== undefined && !isRecord(value)) {
			throw badRequest(`${name} must be an object.`, name);
		}
		return value;
	}

	/** Names that nobody asked for and no table knows: perhaps written wrongly. */
	get unknown(): readonly string[] {
		return Object.keys(this.given).filter((name) => !this.seen.has(name) && !KNOWN.has(name));
	}
}

/** Most texts that end an answer: more than OpenAI takes. */
const MOST_STOPS = 16;
const LONGEST_STOP = 1_000;

/** Texts that end the answer. */
export function stopsOf(parameters: Parameters): readonly string[] {
	const value = parameters.any('stop') ?? [];
	const stops: readonly unknown[] = Array.isArray(value) ? value : [value];
	const texts = stops.filter((one): one is string => typeof one === 'string' && one.length <= LONGEST_STOP);
	if (texts.length < stops.length || stops.length > MOST_STOPS) {
		throw badRequest(
			`stop must be a string, or at most ${MOST_STOPS}, of at most ${LONGEST_STOP} characters.`,
			'stop',
		);
	}
	return texts.filter((one) => one !== '');
}
