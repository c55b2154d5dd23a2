/** What programs ask before they ask the model: which one there is, what it can read, how many tokens a text has. */

import * as path from 'node:path';
import { type ModelDescription, type ModelRole, type ModelState, ModelUnavailable } from '../model';
import { ApiError, badRequest } from './apiError';
import type { Parameters } from './parameters';
import { describedModels } from './servedModels';
import type { Answer, Service } from './service';

/** `GET /health`: nobody has to show the token for it, and it tells nothing but that. @throws ApiError until it is ready. */
export function health(state: ModelState): Answer {
	if (state.type === 'ready') {
		return { type: 'whole', body: { status: 'ok' } };
	}
	const isComing = state.type === 'loading' || state.type === 'starting';
	throw new ApiError(503, isComing ? 'Loading model' : 'There is no model.');
}

/** `GET /v1/models` */
export function models(service: Service): Answer {
	return { type: 'whole', body: { object: 'list', data: all(service) } };
}

/** `GET /v1/models/NAME` */
export function modelNamed(name: string, service: Service): Answer {
	const known = all(service);
	const named = known.find(({ id }) => id === name);
	if (named === undefined) {
		const names = known.map(({ id }) => id).join(', ');
		throw new ApiError(404, `There is no model ${name.slice(0, 100)}. In use: ${names}.`);
	}
	return { type: 'whole', body: named };
}

/** The one that completes first. What else is still being loaded is not there yet. @throws as `readyModel`. */
function all({ models: { completion }, models, now }: Service) {
	readyModel(completion.state);
	const created = now();
	return describedModels(models).map(({ model, roles }) => listed(model, roles, created));
}

/** `GET /props`, as llama.cpp's server has it. */
export function props({ model }: Service): Answer {
	const { name, path: file, contextSize, engineVersion } = readyModel(model.state);
	return {
		type: 'whole',
		body: {
			default_generation_settings: { n_ctx: contextSize, params: { n_predict: -1 } },
			total_slots: 1,
			model_alias: name,
			// Where it lies is nobody's business.
			model_path: path.basename(file),
			modalities: { vision: false, audio: false },
			build_info: engineVersion,
			is_sleeping: false,
		},
	};
}

/** `POST /tokenize`, as llama.cpp's server has it. */
export async function tokenize(
	parameters: Parameters,
	service: Service,
	signal: AbortSignal,
): Promise<Answer> {
	const content = parameters.text('content');
	if (content === undefined) {
		throw badRequest('content must be a string.', 'content');
	}
	const counted = await service.model.tokenize(content, signal);
	if (counted.type === 'unsupported') {
		throw badRequest(counted.reason);
	}
	return { type: 'whole', body: { tokens: counted.tokens } };
}

/** @throws ModelUnavailable */
function readyModel(state: ModelState): ModelDescription {
	switch (state.type) {
		case 'ready':
			return state.model;
		case 'failed':
			throw new ModelUnavailable(state.problem);
		case 'none':
			throw new ApiError(503, 'No model is loaded.');
		default:
			throw new ApiError(503, 'Loading model');
	}
}

function listed(
	{ name, contextSize, trainedContext, parameters, fileBytes }: ModelDescription,
	roles: readonly ModelRole[],
	created: number,
) {
	return {
		id: name,
		object: 'model',
		created,
		owned_by: 'familiar',
		// What is asked without a name goes to the first of its role.
		roles,
		// As llama.cpp's server tells it.
		meta: { n_ctx: contextSize, n_ctx_train: trainedContext, n_params: parameters, size: fileBytes },
	};
}
