/** The model: its file, what it is, and what it can do. */

import * as path from 'node:path';
import { settings } from '../../manifest';
import type { ModelState } from '../model';
import type { ModelFile, ModelFileFacts } from '../modelFile';
import { formatBytes, formatParameters, type Translate } from '../statusText';
import { attention, commandHelps, type Finding, helpsOf, ok, setting, wrong } from './check';

/** Tokens: with less, a prompt has no room for other files. */
const LITTLE_CONTEXT = 2_048;

export function fileFinding(
	resolved: ModelFile,
	facts: ModelFileFacts | undefined,
	translate: Translate,
): Finding {
	const name = translate('Model file');
	const { selectModel, useStarter } = commandHelps(translate);
	if (resolved.type === 'problem') {
		return wrong(name, resolved.problem.message, ...helpsOf(resolved.problem.remedies, translate));
	}
	const file = path.basename(resolved.path);
	if (facts === undefined || facts.type === 'unreadable') {
		return wrong(
			name,
			translate('{0} cannot be read: {1}', resolved.path, facts?.reason ?? ''),
			selectModel,
			useStarter,
		);
	}
	if (!facts.startsAsGguf) {
		return wrong(name, translate('{0} does not begin as a GGUF file does.', resolved.path), selectModel);
	}
	return resolved.isStarter
		? attention(
				name,
				translate(
					'{0}, {1}: the starter model. It is small and weak; choose a real one for real work.',
					file,
					formatBytes(facts.bytes),
				),
				selectModel,
			)
		: ok(name, translate('{0}, {1}', resolved.path, formatBytes(facts.bytes)));
}

/** What the host made of it: it checks every GGUF before llama.cpp reads it. */
export function modelFindings(state: ModelState, leftToRight: boolean, translate: Translate): Finding[] {
	const name = translate('Model');
	const { selectModel, restart } = commandHelps(translate);
	switch (state.type) {
		case 'failed':
			return [
				wrong(
					name,
					`${state.problem.message} (${state.problem.code})`,
					...helpsOf(state.problem.remedies, translate),
				),
			];
		case 'none':
			return [wrong(name, translate('No model is loaded.'), selectModel)];
		case 'starting':
		case 'loading':
			return [
				attention(name, translate('The model is not loaded yet: run the doctor again in a moment.'), restart),
			];
		case 'ready':
			return readyFindings(state.model, leftToRight, translate);
	}
}

function readyFindings(
	model: Extract<ModelState, { type: 'ready' }>['model'],
	leftToRight: boolean,
	translate: Translate,
): Finding[] {
	const { selectModel } = commandHelps(translate);
	const fill = translate('Fill in the middle');
	const context = translate('Context');
	const chat = translate('Chat format');
	const size = translate('{0} tokens (trained with {1})', model.contextSize, model.trainedContext);
	return [
		model.server !== undefined
			? ok(
					translate('Model'),
					translate('{0}, served by {1} ({2})', model.name, model.server.host, model.server.program),
				)
			: ok(
					translate('Model'),
					translate(
						'{0}: {1}, {2}, {3}; its GGUF passed every check and was loaded in {4} ms',
						model.name,
						model.architecture,
						formatParameters(model.parameters),
						model.quantisation,
						Math.round(model.loadMilliseconds),
					),
				),
		model.fill.type === 'fill'
			? ok(
					fill,
					model.fill.repositoryLevel
						? translate('{0}, with tokens for other files', model.fill.family)
						: translate('{0}, other files as comments', model.fill.family),
				)
			: leftToRight
				? attention(fill, translate('{0} It completes from left to right.', model.fill.reason), selectModel)
				: wrong(
						fill,
						translate('{0} There are no completions with this model.', model.fill.reason),
						selectModel,
						setting(settings.completionLeftToRight),
					),
		model.contextSize < LITTLE_CONTEXT
			? attention(context, size, setting(settings.contextSize), selectModel)
			: ok(context, size),
		model.chat.type === 'chat'
			? ok(chat, model.chat.wrapper)
			: attention(chat, translate('{0} Questions get poor answers.', model.chat.reason), selectModel),
	];
}
