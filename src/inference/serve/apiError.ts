/** Why a request of another program is not answered: an HTTP status, and an error in the form that OpenAI gives it. */

import { messageOf } from '../failure';
import { ModelUnavailable } from '../model';

/** What else a program may want to know of it. */
interface Details {
	/** The parameter that it is about. */
	readonly param?: string;
	/** Stable, for example `context_length_exceeded`. */
	readonly code?: string;
	/** As llama.cpp's server tells them, for a request that is too long. */
	readonly tokens?: { readonly n_prompt_tokens: number; readonly n_ctx: number };
	readonly headers?: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<number, string>> = {
	401: 'authentication_error',
	403: 'permission_error',
	404: 'not_found_error',
	429: 'rate_limit_error',
	500: 'server_error',
	503: 'unavailable_error',
};

export class ApiError extends Error {
	override readonly name = 'ApiError';

	constructor(
		readonly status: number,
		message: string,
		private readonly details: Details = {},
	) {
		super(message);
	}

	get headers(): Readonly<Record<string, string>> {
		return this.details.headers ?? {};
	}

	get body(): { readonly error: Readonly<Record<string, unknown>> } {
		const { param = null, code = null, tokens = {} } = this.details;
		const type = TYPES[this.status] ?? 'invalid_request_error';
		return { error: { message: this.message, type, param, code, ...tokens } };
	}
}

/** A request that cannot be understood, or asks for what there is not. */
export function badRequest(message: string, param?: string): ApiError {
	return new ApiError(400, message, param === undefined ? {} : { param });
}

/** @param what for example `The prompt`. */
export function tooLong(what: string, tokens: number, most: number, param: string): ApiError {
	return new ApiError(
		400,
		`${what} has ${tokens} tokens, which exceeds the context size: at most ${most} can be read. Send less of it.`,
		{ param, code: 'context_length_exceeded', tokens: { n_prompt_tokens: tokens, n_ctx: most } },
	);
}

/** Whatever was thrown, as an answer. What nobody foresaw stays in the log: it may say anything. */
export function apiErrorOf(error: unknown): ApiError {
	if (error instanceof ApiError) {
		return error;
	}
	return ModelUnavailable.is(error)
		? new ApiError(503, messageOf(error), { code: error.problem.code })
		: new ApiError(500, 'Familiar could not answer this request. Its log in VS Code says why.');
}
