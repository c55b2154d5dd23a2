/** Which endpoint answers which path. */

import { ApiError } from './apiError';
import { chatCompletions } from './chatCompletions';
import { completions } from './completions';
import { embeddings } from './embeddings';
import { health, modelNamed, models, props, tokenize } from './facts';
import { infill } from './infill';
import {
	type Parameters,
	REFUSED_IN_CHAT,
	REFUSED_IN_COMPLETIONS,
	REFUSED_IN_INFILL,
	REFUSED_IN_TOKENIZE,
	type Refused,
} from './parameters';
import type { AskedKind } from './servedModels';
import type { Answer, Service } from './service';

/** An endpoint that is asked with JSON. */
interface Asked {
	readonly method: 'POST';
	readonly kind: AskedKind;
	readonly refused: readonly Refused[];
	answer(parameters: Parameters, service: Service, signal: AbortSignal): Promise<Answer>;
}

interface Read {
	readonly method: 'GET';
	/** Whether anybody on this machine may ask. */
	readonly isPublic: boolean;
	answer(service: Service): Answer;
}

export type Route = Asked | Read;

const MODEL = '/v1/models/';

const healthRoute: Route = { method: 'GET', isPublic: true, answer: ({ model }) => health(model.state) };

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
	['/health', healthRoute],
	['/v1/health', healthRoute],
	['/v1/models', { method: 'GET', isPublic: false, answer: models }],
	['/props', { method: 'GET', isPublic: false, answer: props }],
	['/tokenize', { method: 'POST', kind: 'any', refused: REFUSED_IN_TOKENIZE, answer: tokenize }],
	[
		'/v1/chat/completions',
		{ method: 'POST', kind: 'chat', refused: REFUSED_IN_CHAT, answer: chatCompletions },
	],
	[
		'/v1/completions',
		{ method: 'POST', kind: 'completion', refused: REFUSED_IN_COMPLETIONS, answer: completions },
	],
	['/v1/embeddings', { method: 'POST', kind: 'embedding', refused: [], answer: embeddings }],
	['/infill', { method: 'POST', kind: 'completion', refused: REFUSED_IN_INFILL, answer: infill }],
]);

/** Undefined where there is nothing. A slash at the end, or two in a row, are forgiven: base addresses are typed by hand. */
export function routeOf(typed: string): Route | undefined {
	const path = typed.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
	if (path.startsWith(MODEL)) {
		const name = decoded(path.slice(MODEL.length));
		return { method: 'GET', isPublic: false, answer: (service) => modelNamed(name, service) };
	}
	return ROUTES.get(path);
}

export function notFound(): ApiError {
	const known = [...ROUTES].map(([path, { method }]) => `${method} ${path}`);
	return new ApiError(404, `There is no such endpoint. There are ${known.join(', ')}.`);
}

export function wrongMethod({ method }: Route): ApiError {
	return new ApiError(405, `This endpoint is asked with ${method}.`, { headers: { allow: method } });
}

/** A name that is encoded wrongly is nobody's. */
function decoded(name: string): string {
	try {
		return decodeURIComponent(name);
	} catch {
		return '';
	}
}
