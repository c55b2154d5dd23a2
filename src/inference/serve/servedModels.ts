/** The models that other programs are served by, and which of them answers what. */

import type { Model, ModelDescription, ModelRole } from '../model';
import { badRequest } from './apiError';

export type ServedModel = Pick<Model, 'state' | 'fill' | 'chat' | 'prefill' | 'tokenize' | 'embed'>;

export interface ServedModels {
	/** Answers everything that no other one is chosen for. */
	readonly completion: ServedModel;
	/** The chat's own; undefined where there is none. */
	chat(): ServedModel | undefined;
	/** The one that searches by meaning; undefined where there is none. */
	embedding(): ServedModel | undefined;
}

/** What a request is about. `any`: what every model can tell. */
export type AskedKind = ModelRole | 'any';

interface DescribedModel {
	readonly model: ModelDescription;
	readonly roles: readonly ModelRole[];
}

/**
 * The one that is named, else the one that is chosen for this kind of request. A name that nobody here has is none: programs
 * send those of other services.
 * @throws ApiError where it names a model that cannot do this.
 */
export function modelFor(kind: AskedKind, name: unknown, models: ServedModels): ServedModel {
	const chosen = playerOf(kind === 'any' ? 'completion' : kind, models);
	const isNamed = ({ state }: ServedModel) => state.type === 'ready' && state.model.name === name;
	const writing = [chosen, models.completion, playerOf('chat', models)];
	const embedding = playerOf('embedding', models);
	const named = writing.find(isNamed) ?? (isNamed(embedding) ? embedding : undefined);
	if (named === embedding && !writing.includes(embedding) && (kind === 'completion' || kind === 'chat')) {
		throw badRequest(
			`The model ${String(name).slice(0, 100)} makes vectors of texts, and writes none.`,
			'model',
		);
	}
	return named ?? chosen;
}

/** Those that are loaded, each file once. */
export function describedModels(models: ServedModels): readonly DescribedModel[] {
	const found = new Map<string, { readonly model: ModelDescription; readonly roles: ModelRole[] }>();
	for (const role of ['completion', 'chat', 'embedding'] as const) {
		const { state } = playerOf(role, models);
		if (state.type === 'ready') {
			const known = found.get(state.model.path) ?? { model: state.model, roles: [] };
			known.roles.push(role);
			found.set(state.model.path, known);
		}
	}
	return [...found.values()];
}

function playerOf(role: ModelRole, models: ServedModels): ServedModel {
	return (role === 'completion' ? undefined : models[role]()) ?? models.completion;
}
