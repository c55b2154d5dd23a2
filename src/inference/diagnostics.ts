/** The text of `Familiar: Show Diagnostics`: what runs where and why, without any code, prompt or home path. */

import type { ModelState } from './model';
import {
	type CompletionStatus,
	formatBytes,
	formatDevice,
	formatParameters,
	type Translate,
} from './statusText';

interface DiagnosticsInput {
	readonly extensionVersion: string;
	readonly editor: string;
	readonly system: string;
	readonly isTrusted: boolean;
	/** Where the extension runs: undefined for this machine, else the kind of remote (`ssh-remote`, `wsl`, …). */
	readonly remote: string | undefined;
	readonly isStarter: boolean;
	readonly state: ModelState;
	readonly completion: CompletionStatus;
	/** Other extensions that also write inline completions. */
	readonly rivals: readonly string[];
	readonly homeFolder: string;
}

/** Markdown. Paths below the home folder start with `~`, so that the text can be pasted into an issue. */
export function diagnosticsText(input: DiagnosticsInput, translate: Translate): string {
	const rows: [string, string][] = [
		['Familiar', input.extensionVersion],
		[translate('Editor'), input.editor],
		[translate('System'), input.system],
		[translate('Remote'), input.remote ?? translate('none: runs on this machine')],
		[translate('Workspace trust'), input.isTrusted ? translate('trusted') : translate('Restricted Mode')],
		...modelRows(input, translate),
		[
			translate('Inline completions'),
			input.completion.enabled
				? (input.completion.lastSilence ?? translate('on'))
				: translate('off (familiar.completion.enabled)'),
		],
		[
			translate('Other inline providers'),
			input.rivals.length === 0 ? translate('none') : input.rivals.join(', '),
		],
		[translate('Network'), translate('none: Familiar opens no connection outside this machine')],
	];
	const body = rows.map(([name, value]) => `| ${cell(name)} | ${cell(hideHome(value, input.homeFolder))} |`);
	return [`# ${translate('Familiar: diagnostics')}`, '', '| | |', '|---|---|', ...body, ''].join('\n');
}

function modelRows(input: DiagnosticsInput, translate: Translate): [string, string][] {
	const { state } = input;
	if (state.type === 'failed') {
		return [
			[translate('Model'), translate('failed: {0}', state.problem.message)],
			[translate('Problem code'), state.problem.code],
		];
	}
	if (state.type !== 'ready') {
		return [[translate('Model'), state.type]];
	}
	const { model } = state;
	return [
		[
			translate('Model'),
			`${model.name}, ${model.architecture}, ${formatParameters(model.parameters)}, ${model.quantisation}, ${formatBytes(model.fileBytes)}${input.isStarter ? ` (${translate('starter')})` : ''}`,
		],
		[translate('File'), model.path],
		[translate('Engine'), model.engineVersion],
		[translate('Backend'), formatDevice(model, translate)],
		[translate('Fallback'), model.fallbackReason ?? translate('none')],
		[
			translate('Memory'),
			translate('{0} host, {1} GPU', formatBytes(model.memory.host), formatBytes(model.memory.gpu)),
		],
		[
			translate('Threads'),
			translate('{0} for prefill, {1} for decode', model.threads.prefill, model.threads.decode),
		],
		[
			translate('Speed'),
			translate(
				'{0} tokens/s prefill, {1} tokens/s decode, chunks of {2}',
				Math.round(model.prefillTokensPerSecond),
				Math.round(model.decodeTokensPerSecond),
				model.prefillChunk,
			),
		],
		[
			translate('Context'),
			translate('{0} tokens (trained with {1})', model.contextSize, model.trainedContext),
		],
		[
			translate('Fill in the middle'),
			model.fill.type === 'unsupported' ? model.fill.reason : `${model.fill.family} (${model.fill.source})`,
		],
		[translate('Chat format'), model.chat.type === 'unsupported' ? model.chat.reason : model.chat.wrapper],
		[translate('Loaded in'), `${Math.round(model.loadMilliseconds)} ms`],
	];
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

/** What is below the home folder begins with `~`. */
export function hideHome(text: string, homeFolder: string): string {
	return homeFolder.length > 1 ? text.replaceAll(homeFolder, '~') : text;
}
